"""The global hash (PDQ, 256 bits) for pictures that have hardly any keypoints: smooth ones, blurred ones,
plain logos."""

import numpy as np

CHUNKS = 16  # of 16 bits: see `chunks`
MAX_DISTANCE = 48
"""Two hashes at most this many bits apart make a candidate. Unrelated pictures differ in about 128 of 256."""


def chunks(pdq: np.ndarray) -> np.ndarray:
    """The sixteen 16-bit pieces of hashes (n, 32): keys uint32 (CHUNKS, n). Hashes up to 15 bits apart
    share one for sure, at 48 bits about half of them do."""
    pieces = np.ascontiguousarray(pdq).reshape(-1, 32).view(">u2").T.astype(np.uint32)
    return pieces | (np.arange(CHUNKS, dtype=np.uint32) << np.uint32(16))[:, None]


def mirrored(pdq: np.ndarray) -> np.ndarray:
    """About the hashes, uint8 (n, 32), of the mirrored pictures.

    Reflection turns the sign of every odd horizontal frequency, and a bit says whether a coefficient lies
    above the median, which is near zero.
    """
    return pdq ^ _ODD_COLUMNS


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Differing bits of hashes (n, 32) and (n, 32): int (n,)."""
    x = np.ascontiguousarray(a).view(np.uint64) ^ np.ascontiguousarray(b).view(np.uint64)
    bits: np.ndarray = np.bitwise_count(x).sum(axis=1, dtype=np.int64)
    return bits


# The bits of the odd horizontal frequencies.
_ODD_COLUMNS = np.packbits(np.tile(np.array([0, 1], np.uint8), 128))
