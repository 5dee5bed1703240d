"""The global hash: the bits of the published method, and what changes of a picture do to them."""

from __future__ import annotations

import numpy as np
import pytest

from dupedash.embedded.describe import hashes, pdq


def waves(seed: int) -> np.ndarray:
    """A smooth picture, reckoned in whole numbers only."""
    y, x = np.mgrid[: pdq.SIDE, : pdq.SIDE]
    gray = (
        x * (seed + 3) + y * y // (seed + 9) + (x * y) // (29 + seed) + 40 * ((x // 23 + y // 31) % 2)
    ) % 256
    return np.stack([gray, (gray + 60) % 256, 255 - gray], axis=2).astype(np.uint8)


def bits(picture: np.ndarray) -> np.ndarray:
    return np.frombuffer(pdq.compute(picture)[0], np.uint8)[None]


@pytest.mark.parametrize(
    ("seed", "hexadecimal", "quality"),
    [
        (0, "abe5294e2b1a07b21ca438a718ad92bd36b8fc7879b821f35db121637b32e742", 100),
        (1, "a36bafdaf21da6f1e8e2f848605b43dbe7f3e9f0e9f083e423c5938442060686", 100),
        (2, "a2ddcf979f3ca86aabc29a84b215823faffe1ee217e846c2274b168a3e0a2c0e", 100),
        (3, "00fb5fa29f2c3874b0c5b781e52b456b0d7e7fd0afc1af9389961a96b81c7810", 100),
    ],
)
def test_the_bits_are_those_of_pdqhash(seed, hexadecimal, quality):
    """Recorded from the package pdqhash 0.2.8."""
    assert pdq.compute(waves(seed)) == (bytes.fromhex(hexadecimal), quality)


def test_a_flat_picture_has_no_quality():
    assert pdq.compute(np.full((pdq.SIDE, pdq.SIDE, 3), 77, np.uint8))[1] == 0


def test_brightness_and_noise_change_few_bits():
    picture = waves(1) // 2
    noise = np.random.default_rng(0).integers(0, 12, picture.shape).astype(np.uint8)
    assert hashes.distance(bits(picture), bits(picture + 60))[0] <= 2
    assert hashes.distance(bits(picture), bits(picture + noise))[0] <= 24
    assert hashes.distance(bits(picture), bits(waves(5)))[0] > 80


def test_a_mirrored_picture_has_about_the_mirrored_hash():
    picture = waves(2)
    flipped = bits(np.ascontiguousarray(picture[:, ::-1]))
    assert hashes.distance(hashes.mirrored(bits(picture)), flipped)[0] <= hashes.MAX_DISTANCE
