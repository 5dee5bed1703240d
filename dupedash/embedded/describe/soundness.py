"""Descriptors that no later step stumbles over: what came from outside is looked at as a whole first.

A descriptor may be damaged on the disk, or made by somebody who means harm; its length and its version, which
`Descriptor.from_bytes` looks at, tell nothing of that.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from dupedash import images
from dupedash.embedded.describe import descriptor, drawing, scales
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.describe.sequence import Sequence
from dupedash.errors import UnreadableImage
from dupedash.images.frames import KEPT
from dupedash.images.reduce import MOST_LENGTHENED

_PDQ_BYTES = 32  # 256 bits
_LONGEST_SIDE = 1 << 16
"""Pixels of a described picture: far beyond what is described, so that no product of two sides overflows."""
_LONGEST_REASON = 200  # characters; ours have a line
_LONGEST_THUMB = round(MOST_LENGTHENED * descriptor.THUMB_SIDE)
_LONGEST_DRAWING = round(MOST_LENGTHENED * drawing.SIDE)


def sound(data: bytes) -> Descriptor:
    """Read a descriptor and look at all of its numbers. Raises ValueError."""
    found = Descriptor.from_bytes(data)
    if not (0 < found.height <= _LONGEST_SIDE and 0 < found.width <= _LONGEST_SIDE):
        raise ValueError("its picture has no size")
    if len(found.pdq) != _PDQ_BYTES or found.pdq_quality > 100:
        raise ValueError("its hash is none")
    if len(found.reason) > _LONGEST_REASON or not found.reason.isprintable():
        raise ValueError("its reason is none")
    _check_keypoints(found)
    _check_sequence(found.sequence)
    return found


def _check_keypoints(found: Descriptor) -> None:
    if len(found.points) > scales.KEYPOINTS:
        raise ValueError("it has too many keypoints")
    if not len(found.points):
        return
    if int(found.octaves.max()) >= scales.LEVELS:
        raise ValueError("a keypoint has no such scale")
    height, width = found.size
    if (found.points.max(axis=0) * scales.POSITION_UNIT > (width + 1, height + 1)).any():
        raise ValueError("a keypoint lies outside")


def _check_sequence(sequence: Sequence) -> None:
    spans = sequence.spans
    if len(spans) > min(KEPT, sequence.count):
        raise ValueError("it has too many frames")
    if not np.isfinite(spans).all() or (spans < 0).any() or (np.diff(spans.ravel()) < 0).any():
        raise ValueError("its frames are in no order")


def check_thumbs(found: Descriptor) -> None:
    """Decode the pictures of a descriptor. Raises ValueError where one is none of a possible size."""
    for thumb in (found.thumb, *filter(None, [found.beneath]), *found.sequence.thumbs):
        _check_picture(thumb, _LONGEST_THUMB, descriptor.decode_thumb)
    if found.drawing:
        _check_picture(found.drawing, _LONGEST_DRAWING, drawing.decode)


def _check_picture(data: bytes, longest: int, decode: Callable[[bytes], np.ndarray | None]) -> None:
    try:
        if max(images.picture_size(data)) > longest or data[:2] != b"\xff\xd8":
            raise ValueError("its small picture is too large")
        pixels = decode(data)
    except (UnreadableImage, cv2.error) as error:
        raise ValueError("its small picture is none") from error
    if pixels is None or max(pixels.shape[:2]) > longest or min(pixels.shape[:2]) < 2:
        raise ValueError("its small picture has no possible size")
