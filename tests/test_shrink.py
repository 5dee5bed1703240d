"""Pictures are made smaller as OpenCV makes them, to a level of gray."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.embedded.describe import shrink
from dupedash.embedded.describe.shrink import resized

SIDES = st.integers(1, 90)


@given(
    before=st.tuples(SIDES, SIDES),
    after=st.tuples(SIDES, SIDES),
    colours=st.booleans(),
    seed=st.integers(0, 99),
)
def test_it_is_what_opencv_makes_of_it(before, after, colours, seed):
    shape = (*before, 3) if colours else before
    picture = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    smaller = after[0] < before[0] or after[1] < before[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    expected = cv2.resize(picture, after[::-1], interpolation=method)
    found = resized(picture, after)
    assert (found.shape, found.dtype) == ((*after, *shape[2:]), np.uint8)
    assert np.abs(found.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("shape", [(601, 801), (601, 801, 3)])
def test_hardly_any_level_differs(shape):
    picture = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, shape, np.uint8), (9, 9), 3)
    expected = cv2.resize(picture, (256, 192), interpolation=cv2.INTER_AREA)
    assert (resized(picture, (192, 256)) != expected).mean() < 1e-3


@pytest.mark.parametrize("level", [0, 1, 127, 254, 255])
def test_what_has_one_level_keeps_it(level):
    picture = np.full((77, 93, 3), level, np.uint8)
    assert (resized(picture, (31, 50)) == level).all()


def test_pictures_that_are_read_only_cut_or_gray_need_no_machine_code_of_their_own():
    picture = np.random.default_rng(0).integers(0, 256, (60, 70, 3), np.uint8)
    fixed = picture.copy()
    fixed.flags.writeable = False
    for one in (picture, fixed, picture[5:, 3:], picture[::2, ::2], picture[..., 1], fixed[..., 0]):
        assert resized(one, (17, 19)).shape[:2] == (17, 19)
    assert len(shrink._shrunk.dispatcher.signatures) == 1
