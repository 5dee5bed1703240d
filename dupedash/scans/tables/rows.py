"""The tables of a stored scan in memory: records and explanations of a few images without reading the file.

Reading costs a tenth of a second for a hundred thousand images; whoever asks often keeps one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dupedash.errors import ScanError
from dupedash.groups.graph import Matches
from dupedash.keepers import tells
from dupedash.model import EXACT, Edits, Explanation, ImageRecord
from dupedash.scans.tables.columns import EDITS, decode_edits, decode_explanation, decode_record
from dupedash.scans.tables.filesizes import of_files, resized_bits

REMEMBERED = 20_000
"""Records that are kept once read: those of the largest groups, with which every list begins and which a
moved threshold changes first."""


@dataclass(frozen=True, eq=False)
class ImageRows:
    """The images of the scan `scan_id`: a table of `tables.IMAGES`."""

    scan_id: str
    table: pa.Table
    _kept: dict[str, ImageRecord] = field(init=False, default_factory=dict)

    @cached_property
    def row(self) -> dict[str, int]:
        """id → its row."""
        return {image_id: number for number, image_id in enumerate(self.table["id"].to_pylist())}

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Width and height of the file per image, 0 where unknown; shape (images, 2)."""
        columns = (self.table[name].fill_null(0).to_numpy() for name in ("width", "height"))
        return np.stack([column.astype(np.int64) for column in columns], axis=1)

    def records(self, ids: Iterable[str]) -> list[ImageRecord]:
        """The records in the order asked for. Raises ScanError."""
        wanted = list(ids)
        new = [image_id for image_id in dict.fromkeys(wanted) if image_id not in self._kept]
        rows = [self.row.get(image_id, -1) for image_id in new]
        if -1 in rows:
            raise ScanError(f"The image {new[rows.index(-1)]!r} is not part of the scan {self.scan_id}.")
        found = map(decode_record, self.table.take(pa.array(rows, pa.int64())).to_pylist())
        read = dict(zip(new, found, strict=True))
        if len(self._kept) + len(read) <= REMEMBERED:
            self._kept.update(read)
        return [read[image_id] if image_id in read else self._kept[image_id] for image_id in wanted]


@dataclass(frozen=True, eq=False)
class MatchEdits:
    """What tells which image of each match is the edited one; the few kinds that there are, each held once.

    which  int32 per match, in the order of its `Matches`: a place in `kinds`
    kinds  None: why these match is not known
    """

    which: npt.NDArray[np.int32]
    kinds: tuple[Edits | None, ...]

    def decidable(self, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """bool (n,): whether a match shows by itself which may go. `scores`: float32 (n,), of the matches."""
        exact = scores >= np.float32(EXACT)
        edited, equal = (np.array([tells(kind, exact=e) for kind in self.kinds]) for e in (False, True))
        found: npt.NDArray[np.bool_] = np.where(exact, equal[self.which], edited[self.which])
        return found

    def at(self, matches: npt.NDArray[np.int64]) -> Sequence[Edits | None]:
        """Of the matches with these numbers, int64 (n,)."""
        return [self.kinds[place] for place in self.which[matches].tolist()]


@dataclass(frozen=True, eq=False)
class MatchRows:
    """The matches of a scan: a table of `tables.MATCHES`, whose numbers are rows of `images`."""

    images: ImageRows
    table: pa.Table
    _key: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        a, b = (self.table[name].to_numpy().astype(np.int64) for name in ("a", "b"))
        object.__setattr__(self, "_key", a * len(self.images.table) + b)

    def explanations(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Explanation]:
        """(smaller id, larger id) → why they match, for those that have an explanation."""
        rows = self.images.row
        once = {(min(p), max(p)) for p in pairs}
        wanted = [(a, b) for a, b in once if a in rows and b in rows]
        places = self._places([rows[a] for a, _ in wanted], [rows[b] for _, b in wanted])
        found = np.flatnonzero(places >= 0)
        table = _rows(self.table.take(pa.array(places[found])))
        sizes = {image_id: self.images.sizes[rows[image_id]] for pair in wanted for image_id in pair}
        reasons = ((wanted[n], decode_explanation(row)) for n, row in zip(found.tolist(), table, strict=True))
        return {(a, b): of_files(why, sizes[a], sizes[b]) for (a, b), why in reasons if why is not None}

    def edits(self, matches: Matches) -> MatchEdits:
        """What tells the edited image of each match, where the scan knows why they match."""
        row = np.array([self.images.row.get(image_id, -1) for image_id in matches.ids], np.int64)
        places = self._places(row[matches.a], row[matches.b])
        known = np.flatnonzero(places >= 0)
        known = known[self._columns["explained"][places[known]]]
        bits = np.stack([self._columns[name][places[known]] for name in EDITS])
        sizes = self.images.sizes[row]
        bits[0] = resized_bits(bits[0], sizes[matches.a[known]], sizes[matches.b[known]])
        code = np.zeros(len(known), np.int64)
        for column in bits:  # three times a few kinds make one small number
            values, place = np.unique(column, return_inverse=True)
            code = code * len(values) + place
        _, first, which = np.unique(code, return_index=True, return_inverse=True)
        of = np.zeros(len(matches), np.int32)
        of[known] = which + 1
        return MatchEdits(of, (None, *(decode_edits(*kind) for kind in bits[:, first].T.tolist())))

    @cached_property
    def _columns(self) -> dict[str, npt.NDArray[Any]]:
        return {name: self.table[name].to_numpy() for name in ("explained", *EDITS)}

    def _places(self, a: npt.ArrayLike, b: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The rows of the matches between the images of these rows, the smaller first; -1 for none."""
        one, other = np.asarray(a, np.int64), np.asarray(b, np.int64)
        keys = one * len(self.images.table) + other
        places = np.searchsorted(self._key, keys)
        found = (places < len(self._key)) & (one >= 0) & (other >= 0)
        found[found] = self._key[places[found]] == keys[found]
        return np.where(found, places, -1)


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """As `to_pylist`, of plain numbers five times as fast."""
    columns = [
        table[f.name].to_pylist() if f.nullable else table[f.name].to_numpy().tolist() for f in table.schema
    ]
    return (dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True))
