"""A colour profile made of primaries and a gamma, as files tell that have no profile of their own.

ICC.1:2010 (version 4): a matrix to the connection space and one curve for all channels.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

PRIMARIES = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
"""CIE x, y of white, red, green and blue of sRGB."""
# White of ICC profiles (ICC.1), Bradford's adaptation to it (Lam, 1985), the curve of sRGB (IEC 61966-2-1).
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@dataclass(frozen=True, slots=True)
class Colours:
    """CIE x, y of white, red, green and blue; the exponent of the curve, 0 for that of sRGB."""

    primaries: tuple[float, ...]
    gamma: float

    @property
    def as_srgb(self) -> bool:
        return self.primaries == PRIMARIES and not self.gamma


@lru_cache(64)  # a PNG may tell any gamma; 600 bytes each
def made_profile(colours: Colours, *, gray: bool) -> bytes:
    """The bytes of the profile, for gray pictures or for RGB. Equal colours give equal bytes."""
    white, *corners = (
        _xyz(*pair) for pair in zip(colours.primaries[::2], colours.primaries[1::2], strict=True)
    )
    curve = _curve(colours.gamma)
    tags = {b"wtpt": _place(_D50)}
    if gray:
        tags[b"kTRC"] = curve
    else:
        matrix = np.stack(corners, axis=1)
        columns = _to_d50(white) @ (matrix * np.linalg.solve(matrix, white))
        for n, name in enumerate((b"r", b"g", b"b")):
            tags |= {name + b"XYZ": _place(columns[:, n]), name + b"TRC": curve}
    return _file(b"GRAY" if gray else b"RGB ", tags)


def _xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _to_d50(white: np.ndarray) -> np.ndarray:
    """The matrix that adapts colours to the white of the connection space."""
    scale = (_BRADFORD @ _D50) / (_BRADFORD @ white)
    adapted: np.ndarray = np.linalg.inv(_BRADFORD) @ np.diag(scale) @ _BRADFORD
    return adapted


def _place(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values.tolist())


def _curve(gamma: float) -> bytes:
    numbers = (gamma,) if gamma else _SRGB_CURVE
    return struct.pack(">4sIHH", b"para", 0, 0 if gamma else 3, 0) + _fixed(*numbers)


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def _file(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, place + len(body), len(data))
        body += data
    head = struct.pack(
        ">I4x4s4s4s4s12x4s", place + len(body), b"\x04\x30\0\0", b"mntr", space, b"XYZ ", b"acsp"
    )
    return head.ljust(68, b"\0") + _fixed(*_D50.tolist()).ljust(60, b"\0") + table + body
