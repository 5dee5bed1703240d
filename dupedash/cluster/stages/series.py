"""Frames that one camera took within seconds: a scan keeps those that match below its floor, too.

Days are looked at by themselves: a series over midnight (UTC) is two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from dupedash.cluster.scope import Scope
from dupedash.cluster.stages.exchange import Pieces
from dupedash.dataset.layout import SERIES
from dupedash.dataset.places import Place
from dupedash.groups.kinds import SERIES_GAP

STAGE = "finding bursts"


@dataclass(frozen=True, slots=True)
class Frame:
    """An image with the camera's time; `chunk` by number."""

    id: str
    camera: str
    taken: datetime
    chunk: int


@dataclass(frozen=True, slots=True)
class Series:
    """The whole stage: chunk → bucket of cameras and days → chunk again."""

    out: Place
    work: str
    scope: Scope
    buckets: int

    def start(self, numbered: tuple[int, str]) -> Pieces:
        """The frames of a chunk, to where those of their day meet."""
        number, chunk = numbered
        found: dict[int, list[Frame]] = {}
        for record, side in self.scope.records(self.out, chunk):
            taken, camera = record.fields.get("taken"), record.fields.get("camera")
            if side and isinstance(taken, datetime) and isinstance(camera, str):
                frame = Frame(record.id, camera, taken, number)
                found.setdefault(_hash(f"{taken:%Y%m%d}{camera}") % self.buckets, []).append(frame)
        return found.items()

    def meet(self, _here: int, pieces: Sequence[list[Frame]]) -> Pieces:
        """Each chunk gets the series of its frames."""
        found: dict[int, dict[str, int]] = {}
        for run in runs([frame for piece in pieces for frame in piece]):
            number = _hash(f"{run[0].taken:%Y%m%d%H%M%S%f}{run[0].camera}")
            for frame in run:
                found.setdefault(frame.chunk, {})[frame.id] = number
        return found.items()

    def end(self, here: int, pieces: Sequence[Mapping[str, int]]) -> int:
        """Write the series of a chunk's images; how many have one."""
        found = {image_id: number for piece in pieces for image_id, number in piece.items()}
        if found:
            table = pa.table({"id": list(found), "series": pa.array(found.values(), pa.int64())})
            self.out.put_table(f"{self.work}/{SERIES}/{here}.parquet", table)
        return len(found)


def runs(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Frames of one camera and day, each within SERIES_GAP of the next; none that is alone."""
    found: list[list[Frame]] = []
    for frame in sorted(frames, key=lambda one: (one.camera, one.taken, one.id)):
        last = found[-1][-1] if found else None
        goes_on = (
            last is not None
            and last.camera == frame.camera
            and last.taken.date() == frame.taken.date()
            and (frame.taken - last.taken).total_seconds() <= SERIES_GAP
        )
        if goes_on:
            found[-1].append(frame)
        else:
            found.append([frame])
    return [run for run in found if len(run) > 1]


def series_of(out: Place, work: str, chunk: int) -> dict[str, int]:
    """Per image of a chunk that has one its series."""
    name = f"{work}/{SERIES}/{chunk}.parquet"
    if not out.files.exists(name):
        return {}
    table = out.table(name)
    return dict(zip(table["id"].to_pylist(), table["series"].to_pylist(), strict=True))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
