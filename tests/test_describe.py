from __future__ import annotations

import numpy as np
import pytest

from dupedash.embedded.describe import pattern
from dupedash.embedded.describe.descriptor import Descriptor, describe, digest
from tests.embedded_pictures import scene


def test_a_descriptor_survives_its_bytes() -> None:
    one = describe(scene(1))
    again = Descriptor.from_bytes(one.to_bytes())
    assert again.to_bytes() == one.to_bytes()
    assert again.comparable
    assert np.array_equal(again.points, one.points)
    assert np.array_equal(again.binary, one.binary)
    assert (again.height, again.width, again.thumb) == (360, 480, one.thumb)


def test_a_descriptor_stays_below_25_kb() -> None:
    assert len(describe(scene(2, 1200, 1600)).to_bytes()) < 25_000


def test_the_same_pixels_give_the_same_descriptor() -> None:
    assert digest(describe(scene(3))) == digest(describe(scene(3)))
    assert digest(describe(scene(3))) != digest(describe(scene(4)))


@pytest.mark.parametrize("damage", [lambda d: d[:10], lambda d: d[:-1], lambda d: b"\xff\xff" + d[2:]])
def test_damaged_bytes_are_refused(damage) -> None:
    with pytest.raises(ValueError, match="index the image again"):
        Descriptor.from_bytes(damage(describe(scene(1)).to_bytes()))


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 2), (16, 16)])
def test_a_flat_picture_of_any_shape_is_not_comparable(shape) -> None:
    described = describe(np.full((*shape, 3), 120, np.uint8))
    assert not described.comparable
    assert "compare" in described.reason


def test_the_mirrored_picture_has_the_mirrored_descriptors() -> None:
    picture = scene(5)
    plain, flipped = describe(picture), describe(np.ascontiguousarray(picture[:, ::-1]))
    width = plain.size[1]
    there = {
        (round((width - 1) * 64 - x), y, o): i
        for i, ((x, y), o) in enumerate(zip(flipped.points.astype(int), flipped.octaves, strict=True))
    }
    pairs = [
        (i, there[x, y, o])
        for i, ((x, y), o) in enumerate(zip(plain.points.astype(int), plain.octaves, strict=True))
        if (x, y, o) in there
    ]
    assert len(pairs) > 50
    here, other = (np.array(side) for side in zip(*pairs, strict=True))
    bits = np.unpackbits(pattern.mirrored(plain.binary)[here] ^ flipped.binary[other], axis=1).sum(axis=1)
    assert np.median(bits) < 20
