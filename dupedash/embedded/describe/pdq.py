"""PDQ, a hash of the whole picture: 256 bits of its coarse structure, and how much structure there is.

The method is Facebook's ("The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019):
luminance, 64 × 64 samples, the 16 × 16 lowest frequencies of their cosine transform without the constant
one, a bit each for whether it lies above the median. The package pdqhash gives the same bits, but has to be
compiled where it is installed. Everything is reckoned in whole numbers, so that the bits are the same on
every machine.
"""

import numpy as np

SIDE = 128
"""Pictures are hashed at this width and height: PDQ then samples every second pixel and smooths nothing."""

_SAMPLES, _FREQUENCIES = 64, 16  # as PDQ has it, see above
_LUMINANCE = np.array([299, 587, 114], np.int64)  # thousandths of red, green and blue (BT.601), as PDQ has it
_PER_GRAY = 1000  # the sum of these
_waves = np.outer(np.arange(1, _FREQUENCIES + 1), 2 * np.arange(_SAMPLES) + 1) * (np.pi / (2 * _SAMPLES))
# In units of 2^-16, whole numbers that fit in 64 bits.
_COSINES = np.rint(np.cos(_waves) * 2**16).astype(np.int64)


def compute(picture: np.ndarray) -> tuple[bytes, int]:
    """The hash (32 bytes) and its quality (0–100) of an RGB picture uint8 (SIDE, SIDE, 3).

    Below a quality of about 50 a hash says little.
    """
    samples = picture[1::2, 1::2].astype(np.int64) @ _LUMINANCE
    power = _COSINES @ samples @ _COSINES.T
    bits = power > np.partition(power.ravel(), power.size // 2 - 1)[power.size // 2 - 1]
    return np.packbits(bits.ravel()[::-1]).tobytes(), _quality(samples)


def _quality(samples: np.ndarray) -> int:
    """The sum of the steps between neighbours, in hundredths of the range and cut at 100."""
    steps = sum(
        int((np.abs(np.diff(samples, axis=axis)) * 100 // (255 * _PER_GRAY)).sum()) for axis in (0, 1)
    )
    return min(100, steps // 90)
