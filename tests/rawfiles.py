"""A DNG as cameras write it: tags, a preview that is a JPEG, the sensor's numbers (TIFF 6.0, DNG 1.4)."""

from __future__ import annotations

import io
import struct
from datetime import datetime

import numpy as np
from PIL import Image

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _SIGNED = 1, 2, 3, 4, 5, 10  # types of TIFF
_SIZE = {_BYTE: "B", _ASCII: "B", _SHORT: "H", _LONG: "I", _RATIONAL: "I", _SIGNED: "i"}
_MATRIX = (3133856, -1616867, -490615, -978769, 1916142, 33454, 71945, -228991, 1405243)
"""XYZ (D50) to linear sRGB, in millionths: a sensor that sees as sRGB does."""

Tag = tuple[int, int, tuple[int, ...] | bytes]


def dng(
    picture: Image.Image,
    taken: datetime,
    camera: str = "Acme One",
    preview: int | None = 1200,
    orientation: int = 1,
) -> bytes:
    """The picture, as the sensor saw it, as a raw file. `preview`: long side of the JPEG in it (None: none);
    `orientation`, of Exif: how the camera was held."""
    make, model, name = (text.encode() + b"\0" for text in (*camera.split(" ", 1), camera))
    moment = f"{taken:%Y:%m:%d %H:%M:%S}".encode() + b"\0"
    file = _File()
    exif = file.directory([(0x9003, _ASCII, moment)])
    sensor = _bayer(picture)
    first = [
        (254, _LONG, (0,)), (256, _LONG, (sensor.shape[1],)), (257, _LONG, (sensor.shape[0],)),
        (258, _SHORT, (16,)), (259, _SHORT, (1,)), (262, _SHORT, (32803,)), (271, _ASCII, make),
        (272, _ASCII, model), (273, _LONG, (file.put(sensor.tobytes()),)), (274, _SHORT, (orientation,)),
        (277, _SHORT, (1,)), (278, _LONG, (sensor.shape[0],)), (279, _LONG, (sensor.nbytes,)),
        (306, _ASCII, moment), (33421, _SHORT, (2, 2)), (33422, _BYTE, bytes((0, 1, 1, 2))),
        (34665, _LONG, (exif,)), (50706, _BYTE, bytes((1, 4, 0, 0))), (50708, _ASCII, name),
        (50714, _LONG, (0,)), (50717, _LONG, (65535,)),
        (50721, _SIGNED, tuple(n for value in _MATRIX for n in (value, 1_000_000))),
        (50728, _RATIONAL, (1, 1, 1, 1, 1, 1)), (50778, _SHORT, (23,)),
    ]  # fmt: skip
    file.directory(first, last=preview is None, first=True)
    if preview is not None:
        file.directory(_preview(file, picture, preview), last=True)
    return bytes(file.data)


def _preview(file: _File, picture: Image.Image, long_side: int) -> list[Tag]:
    small = picture.convert("RGB")
    small.thumbnail((long_side, long_side))
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=92)
    return [
        (254, _LONG, (1,)), (256, _LONG, (small.width,)), (257, _LONG, (small.height,)),
        (258, _SHORT, (8, 8, 8)), (259, _SHORT, (7,)), (262, _SHORT, (6,)),
        (273, _LONG, (file.put(jpeg.getvalue()),)), (277, _SHORT, (3,)), (278, _LONG, (small.height,)),
        (279, _LONG, (len(jpeg.getvalue()),)),
    ]  # fmt: skip


def _bayer(picture: Image.Image) -> np.ndarray:
    """What a sensor behind red, green, green and blue sees of it: linear, 16 bits."""
    light = ((np.asarray(picture.convert("RGB")) / 255.0) ** 2.2 * 65535).astype("<u2")
    seen = light[..., 1].copy()
    seen[0::2, 0::2], seen[1::2, 1::2] = light[0::2, 0::2, 0], light[1::2, 1::2, 2]
    return seen


class _File:
    """A TIFF that grows; directories are linked in the order in which they come."""

    def __init__(self) -> None:
        self.data = bytearray(b"II*\0\0\0\0\0")
        self._link = 4

    def put(self, some: bytes) -> int:
        """Where these bytes are now."""
        self.data += b"\0" * (len(self.data) % 2)
        place = len(self.data)
        self.data += some
        return place

    def directory(self, tags: list[Tag], first: bool = False, last: bool = False) -> int:
        entries = b"".join(self._entry(*tag) for tag in tags)
        place = self.put(struct.pack("<H", len(tags)) + entries + b"\0\0\0\0")
        if first or last:
            struct.pack_into("<I", self.data, self._link, place)
            self._link = place + 2 + len(entries)
        return place

    def _entry(self, tag: int, kind: int, value: tuple[int, ...] | bytes) -> bytes:
        packed = value if isinstance(value, bytes) else struct.pack(f"<{len(value)}{_SIZE[kind]}", *value)
        count = len(value) // (2 if kind in (_RATIONAL, _SIGNED) else 1)
        if len(packed) > 4:
            packed = struct.pack("<I", self.put(packed))
        return struct.pack("<HHI", tag, kind, count) + packed.ljust(4, b"\0")
