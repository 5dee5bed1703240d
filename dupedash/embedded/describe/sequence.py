"""The frames of an animation, or the pages of a document, as they are kept to compare them."""

from __future__ import annotations

import struct
from collections.abc import Sequence as Some
from dataclasses import dataclass

import numpy as np

from dupedash.images import Frames

_HEAD = struct.Struct("<BIH")
_KEPT = struct.Struct("<ffI")
_PAGED, _COMPLETE = 1, 2  # bits of the flags that are stored


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """What is kept of `count` frames: `thumbs` of some (JPEG, as that of a `Descriptor`), and `spans` (k, 2)
    float32, when each begins and ends, in ms; of `paged` ones the number. `complete`: all could be read.
    """

    count: int
    paged: bool
    complete: bool
    spans: np.ndarray
    thumbs: tuple[bytes, ...]

    @staticmethod
    def of(frames: Frames, thumbs: Some[bytes]) -> Sequence:
        """Of decoded frames, with a thumbnail each."""
        return Sequence(frames.count, frames.paged, frames.complete, frames.spans, tuple(thumbs))

    @property
    def several(self) -> bool:
        """Whether there is more than a single picture."""
        return self.count > 1

    @property
    def all_kept(self) -> bool:
        """Whether there is nothing that cannot be compared."""
        return self.complete and len(self.thumbs) == self.count

    def to_bytes(self) -> bytes:
        if not self.several:
            return b""
        flags = _PAGED * self.paged | _COMPLETE * self.complete
        parts = [_HEAD.pack(flags, self.count, len(self.thumbs))]
        for (begin, end), thumb in zip(self.spans.tolist(), self.thumbs, strict=True):
            parts += [_KEPT.pack(begin, end, len(thumb)), thumb]
        return b"".join(parts)

    @staticmethod
    def from_bytes(data: bytes) -> Sequence:
        """Read `to_bytes` back. Raises ValueError for damaged bytes."""
        if not data:
            return SINGLE
        try:
            flags, count, kept = _HEAD.unpack_from(data)
            spans, thumbs, at = [], [], _HEAD.size
            for _ in range(kept):
                begin, end, length = _KEPT.unpack_from(data, at)
                at += _KEPT.size + length
                spans.append((begin, end))
                thumbs.append(data[at - length : at])
        except struct.error as error:
            raise ValueError("frames are cut short; index the image again") from error
        if at != len(data) or count < 2:
            raise ValueError("frames have a wrong length; index the image again")
        times = np.array(spans, np.float32).reshape(-1, 2)
        return Sequence(count, bool(flags & _PAGED), bool(flags & _COMPLETE), times, tuple(thumbs))


SINGLE = Sequence(1, False, True, np.zeros((0, 2), np.float32), ())
