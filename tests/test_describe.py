from __future__ import annotations

import cv2
import numpy as np
import pytest

from dupedash.embedded.describe import pattern
from dupedash.embedded.describe.descriptor import Descriptor, describe, digest
from dupedash.embedded.describe.keypoints import keypoints
from dupedash.embedded.describe.scales import KEYPOINTS, POSITION_UNIT
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


def test_text_all_over_a_picture_takes_no_keypoints_from_what_is_left_of_it() -> None:
    captioned = scene(6)
    for y in (60, 110, 290, 340):
        cv2.putText(captioned, "WEEKEND SALE", (10, y), cv2.FONT_HERSHEY_DUPLEX, 2, (255, 255, 255), 9)
    rows = describe(captioned).points[:, 1] * POSITION_UNIT
    assert ((rows > 100) & (rows < 200)).sum() > KEYPOINTS / 20


def test_every_scale_has_its_share_of_the_keypoints() -> None:
    counts = np.bincount(describe(scene(7)).octaves, minlength=8)
    assert counts.sum() > 0.9 * KEYPOINTS
    assert (counts[:-1] > counts[1:]).all()
    assert counts[-1] > 10


def test_a_keypoint_lies_between_pixels_where_its_spot_does() -> None:
    y, x = np.mgrid[:300, :400]
    spot = 60 + 190 * np.exp(-((x - 200.3) ** 2 + (y - 150.4) ** 2) / 8)
    points, octaves, _, _ = keypoints(np.rint(spot).astype(np.uint8))
    found = points[octaves == 0] * POSITION_UNIT
    assert np.abs(found - (200.3, 150.4)).sum(axis=1).min() < 0.25
