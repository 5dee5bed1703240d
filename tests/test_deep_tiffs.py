"""TIFFs of 16 and 32 bits a sample: both orders of bytes, colours together or each by itself."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dupedash.errors import UnreadableImage
from dupedash.images import decode

ORDERS = pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
DEPTHS = pytest.mark.parametrize("kind", [np.uint16, np.uint32])


def tiff(samples: np.ndarray, order: str, planes: bool = False) -> bytes:
    """A TIFF of one strip, or of one a plane, of samples (h, w, c)."""
    height, width, count = samples.shape
    laid = np.ascontiguousarray(samples.transpose(2, 0, 1) if planes else samples)
    data, strips = laid.astype(laid.dtype.newbyteorder(order)).tobytes(), count if planes else 1
    size, begin = len(data) // strips, 200
    tags = [(256, [width]), (257, [height]), (258, [8 * samples.itemsize] * count), (259, [1]),
            (262, [2 if count > 1 else 1]), (273, [begin + size * n for n in range(strips)]), (277, [count]),
            (278, [height]), (279, [size] * strips), (284, [2 if planes else 1])]  # fmt: skip
    entries, further, place = b"", b"", 10 + 12 * len(tags) + 4
    for tag, values in tags:
        kind, letter = (3, "H") if tag in (258, 259, 262, 277, 284) else (4, "I")
        raw = struct.pack(f"{order}{len(values)}{letter}", *values)
        if len(raw) > 4:
            raw, further = struct.pack(f"{order}I", place + len(further)), further + raw
        entries += struct.pack(f"{order}HHI", tag, kind, len(values)) + raw.ljust(4, b"\0")
    head = struct.pack(f"{order}2sHIH", b"II" if order == "<" else b"MM", 42, 8, len(tags))
    return (head + entries + bytes(4) + further).ljust(begin, b"\0") + data


def ramp(kind: type[np.unsignedinteger], colours: int) -> np.ndarray:
    """From black to the brightest sample, in each colour another way round."""
    values = np.linspace(0, np.iinfo(kind).max, 8 * 6).astype(kind).reshape(6, 8)
    return np.stack([values, values[::-1], values[:, ::-1]][:colours], axis=2)


@ORDERS
@DEPTHS
@pytest.mark.parametrize("colours", [1, 3])
def test_deep_samples_look_as_they_are(order: str, kind: type[np.unsignedinteger], colours: int) -> None:
    samples = ramp(kind, colours)
    wanted = samples / (np.iinfo(kind).max / 255)
    assert np.abs(decode(tiff(samples, order)).pixels - wanted).max() <= 1


def test_the_order_of_bytes_makes_no_other_picture() -> None:
    samples = ramp(np.uint16, 1)
    one, other = (decode(tiff(samples, order), hashed=True).pixel_hash for order in "<>")
    assert one is not None
    assert one == other


@ORDERS
@DEPTHS
def test_deep_colours_each_by_itself_are_refused_and_not_read_wrongly(
    order: str, kind: type[np.unsignedinteger]
) -> None:
    with pytest.raises(UnreadableImage, match="not supported"):
        decode(tiff(ramp(kind, 3), order, planes=True), hashed=True)
