"""The thumbnails of a file: read several at a time, and as small as their number asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile

import numpy as np

from dupedash.groups.graph import Cut
from dupedash.images.encode import smaller

Thumbnail = Callable[[str], bytes | None]
"""An image's id → its thumbnail, None where there is none."""

MAX_THUMBNAILS = 3000  # of a file: measured, so many pictures open in 7 seconds
_AT_ONCE = 8  # those of a Flow server are fetched from elsewhere, as many as its client asks for
_SIDES = (160, 128, 104, 84, 64)  # pixels of the long side, from sharp on paper to just recognised
_TRIED = 24  # pictures by which a side is chosen
IN_A_FILE = 1_400_000
"""Bytes of all thumbnails of a file: in base64 1.9 MB, so that with the words of 100 large groups it stays
below 3 MB and a mail takes it."""


def shown_members(cut: Cut, most: int = MAX_THUMBNAILS) -> list[str]:
    """The images that are shown as pictures: of whole groups, in their order, `most` at most."""
    first = takewhile(lambda images: images <= most, np.cumsum(cut.sizes))
    return [member for number, _ in enumerate(first) for member in cut.members(number)]


def thumbnails(members: Sequence[str], thumbnail: Thumbnail) -> dict[str, bytes]:
    """Those that can be had."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = zip(members, pool.map(thumbnail, members), strict=True)
        return {member: data for member, data in found if data}


def fitting(pictures: Mapping[str, bytes], room: int = IN_A_FILE) -> dict[str, bytes]:
    """The same, together in about so many bytes: as sharp as there is room."""
    some = list(pictures.values())[:: max(1, len(pictures) // _TRIED)]
    side = next((side for side in _SIDES if _weight(some, side) * len(pictures) <= room), _SIDES[-1])
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        small = pool.map(lambda data: smaller(data, side), pictures.values())
        return dict(zip(pictures, small, strict=True))


def _weight(some: Sequence[bytes], side: int) -> float:
    """Bytes of one, on average."""
    return float(np.mean([len(smaller(data, side)) for data in some])) if some else 0.0
