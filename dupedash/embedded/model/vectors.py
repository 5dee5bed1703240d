"""The vectors of a collection's pictures, kept beside its search arrays; one file a model."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dupedash.embedded.model.chosen import ChosenModel
from dupedash.storage import atomic, sums

Half = npt.NDArray[np.float16]
Numbers = npt.NDArray[np.int64]

LEAST, MOST = 0.5, 10
"""The cosine from which on two pictures are compared, and so many of each picture at most. Measured with a
student of SSCD on 3,591 photos: from .6 on it adds half of what it adds from .5 on, and from .4 on no more
copies of an original, at two and a half times as many comparisons (docs/engine.md)."""
_ASKED, _AMONG = 1024, 16_384
"""Pictures that are looked up at a time, and those among which: 64 MB of cosines."""


@dataclass(frozen=True, eq=False)
class Vectors:
    """float16 (n, d), each of length 1 or of zeros; `pictures`: the hash of each, in that order."""

    pictures: tuple[str, ...]
    values: Half

    def joined(self, pictures: Sequence[str], values: npt.NDArray[np.float32]) -> Vectors:
        """With these, too."""
        if not pictures:
            return self
        added = values.astype(np.float16)
        both = np.concatenate([self.values, added]) if self.pictures else added
        return Vectors((*self.pictures, *pictures), both)


@dataclass(frozen=True, eq=False)
class NearPairs:
    """Pairs of pictures by their numbers in a search, int64 (n,): `one`, sorted, is looked up."""

    one: Numbers
    other: Numbers

    def of(self, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Those of some pictures that are looked up."""
        for number in numbers:
            begin, end = np.searchsorted(self.one, [number, number + 1])
            yield from ((number, other) for other in self.other[begin:end].tolist())


NONE = Vectors((), np.zeros((0, 0), np.float16))


def read(folder: Path, model: ChosenModel) -> Vectors:
    """Those of a model, none where they are missing or damaged. `folder`: of the collection."""
    path = _file(folder, model)
    try:
        sums.check(path)
        with np.load(path, allow_pickle=False) as known:
            return Vectors(tuple(known["pictures"].astype(str).tolist()), known["values"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return NONE


def write(folder: Path, model: ChosenModel, vectors: Vectors) -> None:
    """Keep them in place of those that there were, of other models, too. Raises OSError."""
    path = _file(folder, model)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic.replacing(path) as temporary:
        with temporary.open("wb") as file:
            np.savez(file, pictures=np.array(vectors.pictures, "S"), values=vectors.values)
        sums.note(path, temporary)
    for other in path.parent.glob("model-*"):
        if not other.name.startswith(path.name):
            other.unlink(missing_ok=True)


def near(values: Half, asked: Numbers) -> tuple[Numbers, Numbers]:
    """Pairs of rows with near vectors: one of `asked`, and another row; int64 each.

    All are compared with all, in blocks: 100,000 with 100,000 take 10 trillion operations, some minutes.
    """
    among = values.astype(np.float32)
    found = [_nearest(among, asked[start : start + _ASKED]) for start in range(0, len(asked), _ASKED)]
    empty = np.zeros(0, np.int64)
    one, other = ([part[side] for part in found] or [empty] for side in (0, 1))
    return np.concatenate(one), np.concatenate(other)


def _nearest(among: npt.NDArray[np.float32], asked: Numbers) -> tuple[Numbers, Numbers]:
    """The nearest of some rows."""
    parts = [_in_part(among, asked, start) for start in range(0, len(among), _AMONG)]
    row, other, cosine = (np.concatenate([part[side] for part in parts]) for side in range(3))
    order = np.lexsort((other, -cosine, row))
    row, other = row[order].astype(np.int64), other[order].astype(np.int64)
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    return asked[row[rank < MOST]], other[rank < MOST]


def _in_part(
    among: npt.NDArray[np.float32], asked: Numbers, start: int
) -> tuple[Numbers, Numbers, npt.NDArray[np.float32]]:
    """Place in `asked`, row and cosine of what is near among some rows; of very many the nearest."""
    cosine = among[asked] @ among[start : start + _AMONG].T
    own = np.flatnonzero((asked >= start) & (asked < start + cosine.shape[1]))
    cosine[own, asked[own] - start] = -1
    if cosine.shape[1] > 4 * MOST:
        bar = np.partition(cosine, -MOST, axis=1)[:, -MOST][:, None]
        row, other = np.nonzero((cosine >= LEAST) & (cosine >= bar))
    else:
        row, other = np.nonzero(cosine >= LEAST)
    return row, other + start, cosine[row, other]


def _file(folder: Path, model: ChosenModel) -> Path:
    return folder / "cache" / f"model-{model.short}.npz"
