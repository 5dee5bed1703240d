"""One stored scan: what it knows of itself, and its matches, images and explanations."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from dupedash import __version__
from dupedash.errors import ScanError
from dupedash.folders import Shelf, shelf
from dupedash.groups.graph import AGAINST, SCOPE, Cut, Matches, Sides
from dupedash.model import Explanation, Failure, ImageRecord, Smartfilter
from dupedash.scans.config import Gap, ScanConfig, ScanStats, ScanStatus
from dupedash.scans.modes import Effort
from dupedash.scans.tables.columns import (
    IMAGES,
    MATCHES,
    PART,
    PARTS,
    read_table,
)
from dupedash.scans.tables.merge import merge
from dupedash.scans.tables.parts import part_files
from dupedash.scans.tables.rows import ImageRows, MatchEdits, MatchRows
from dupedash.storage import atomic, sums

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1  # counts changes of the files of a scan
META, LOCK = "scan.json", "lock"
IMAGES_FILE, MATCHES_FILE = "images.parquet", "matches.parquet"


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A scan on disk. Everything here is small; images, matches and explanations are read when asked for.

    id          names it in URLs and on the command line
    collection  name of the collection, `engine` its kind, `state` what was in it
    identity    of the collection; "" in scans of earlier versions, see `is_of`
    effort      what the mode resolved to
    message     why it was stopped or failed, or what else is to be known; a sentence or ""
    failures    the first 1,000; `stats.failures` counts all
    base        the earlier scan that this one extends, or None
    anew        somebody asked to search everything again, whatever was found before
    """

    folder: Path
    id: str
    name: str
    collection: str
    engine: str
    state: str
    config: ScanConfig
    effort: Effort
    status: ScanStatus
    started: datetime
    finished: datetime | None = None
    stats: ScanStats = field(default_factory=ScanStats)
    coverage: tuple[Gap, ...] = ()
    failures: tuple[Failure, ...] = ()
    message: str = ""
    base: str | None = None
    version: str = __version__
    identity: str = ""
    anew: bool = False

    def is_of(self, identity: str) -> bool | None:
        """Whether it is of the collection with this identity; None where an earlier version did not say."""
        if self.identity:
            return self.identity == identity
        # The state of an embedded collection has always begun with its identity.
        return self.state.startswith(f"{identity}-") if self.engine == "embedded" else None

    @property
    def complete(self) -> bool:
        """Done, and every image could be asked about."""
        return self.status is ScanStatus.DONE and not self.stats.unasked

    def matches(self) -> Matches:
        """Every match so far from the floor on, of a running or stopped scan too. Raises ScanError."""
        return self._read_matches(self.config.floor)

    def pairs(self) -> Matches:
        """Every match with its kind, and the pairs of one shot that no search tells. Frames of a burst are
        kept below the floor, too. Raises ScanError."""
        from dupedash.scans.tables.facts import COLUMNS, with_kinds

        found = self._read_matches(0.0)
        if not (self.folder / IMAGES_FILE).exists():
            return found
        images = self._images(["id", "in_scope", "in_against", *COLUMNS])
        told = with_kinds(found, images, self._sides())
        return told.take(told.of_moment | (told.score >= np.float32(self.config.floor)))

    def _read_matches(self, floor: float) -> Matches:
        table = self._matches(("a", "b", "score"))
        a, b = (table[name].to_numpy().astype(np.int32) for name in ("a", "b"))
        score = table["score"].to_numpy().astype(np.float32)
        kept = score >= np.float32(floor)
        a, b, ids = a[kept], b[kept], self._ids()
        used = np.zeros(len(ids), bool)
        used[a] = used[b] = True
        place = np.cumsum(used, dtype=np.int32) - 1
        names, sides = tuple(ids.take(pa.array(np.flatnonzero(used))).to_pylist()), self._sides()
        return Matches(names, place[a], place[b], score[kept], None if sides is None else sides[used])

    def _sides(self) -> Sides | None:
        """Per image on which side it was, where one part was compared with another."""
        if not self.config.against:
            return None
        table = self._images(["in_scope", "in_against"])
        scope, against = (table[name].to_numpy().astype(np.uint8) for name in table.column_names)
        sides: Sides = scope * SCOPE + against * AGAINST
        return sides

    def images(self) -> pd.DataFrame:
        """A row per image of scope and against, sorted by id; columns as `tables.IMAGES`, fields as JSON."""
        path = self.folder / IMAGES_FILE
        table = read_table(path, IMAGES) if path.exists() else IMAGES.empty_table()
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def record(self, image_id: str) -> ImageRecord:
        """The record of one image as it was scanned. Raises ScanError where it was not part of the scan."""
        return self.records([image_id])[0]

    def image_ids(self) -> list[str]:
        """All ids, sorted. Raises ScanError."""
        return [str(image_id) for image_id in self._ids().to_pylist()]

    def contents(self) -> dict[str, str | None]:
        """id → SHA-256 (hex) of the file as scanned, None where that is not known. Raises ScanError."""
        table = self._images(["id", "content"])
        return dict(zip(table["id"].to_pylist(), table["content"].to_pylist(), strict=True))

    def image_rows(self) -> ImageRows:
        """Every image in memory, for whoever asks for records often. Raises ScanError."""
        path = self.folder / IMAGES_FILE
        return ImageRows(self.id, read_table(path, IMAGES) if path.exists() else IMAGES.empty_table())

    def match_rows(self, images: ImageRows) -> MatchRows:
        """Every match with its reason in memory. Raises ScanError."""
        return MatchRows(images, self._matches(MATCHES.names))

    def records(self, ids: Iterable[str]) -> list[ImageRecord]:
        """The records in the order asked for. Raises ScanError."""
        return self.image_rows().records(ids)

    def explanation(self, one: str, other: str) -> Explanation | None:
        """Why these two match, told from the smaller id to the larger one; None where that is not known."""
        return self.explanations([(one, other)]).get((min(one, other), max(one, other)))

    def explanations(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Explanation]:
        """(smaller id, larger id) → why they match, for those that have an explanation."""
        wanted = list(pairs)
        return self._rows_by_id().explanations(wanted) if wanted else {}

    def shelf(self, cut: Cut, there: Collection[str] | None = None) -> Shelf:
        """Its images in their folders, with what these groups of its matches say of them. `there`: the images
        that are still in the collection; None: all. Raises ScanError."""
        columns = self._images(["id", "location", "bytes", "content", "pixels"]).to_pydict()
        rows = zip(*columns.values(), strict=True)
        kept = [row for row in rows if there is None or row[0] in there]
        ids, locations, sizes, content, pixels = zip(*kept, strict=True) if kept else ((),) * 5
        pictures = [shown or file for shown, file in zip(pixels, content, strict=True)]
        return shelf(ids, locations, pictures, np.array([size or 0 for size in sizes], np.int64), cut)

    def edits(self, matches: Matches) -> MatchEdits:
        """What tells the edited image of each of these matches. Raises ScanError."""
        return self._rows_by_id().edits(matches)

    def _rows_by_id(self) -> MatchRows:
        return self.match_rows(ImageRows(self.id, self._images(["id", "width", "height"])))

    def _ids(self) -> pa.ChunkedArray:
        return self._images(["id"])["id"]

    def _images(self, columns: list[str]) -> pa.Table:
        path = self.folder / IMAGES_FILE
        if not path.exists():
            return IMAGES.empty_table().select(columns)
        return read_table(path, IMAGES, columns)

    def _matches(self, columns: Iterable[str]) -> pa.Table:
        finished = self.folder / MATCHES_FILE
        if finished.exists():
            return read_table(finished, MATCHES, list(columns))
        if self.status is ScanStatus.DONE:
            raise ScanError(f"The stored scan {self.id} is damaged: its matches are gone. Scan again.")
        return self.merged().select(list(columns))

    def merged(self) -> pa.Table:
        """The matches table from the parts that are there."""
        return merge([read_table(path, PART) for path in part_files(self.folder / PARTS)], self._ids())


def save(scan: StoredScan) -> StoredScan:
    """Write `scan.json` anew, wholly or not at all."""
    known = asdict(scan)
    del known["folder"]
    known |= {"started": scan.started.isoformat(), "format": FORMAT}
    known["finished"] = scan.finished and scan.finished.isoformat()
    atomic.write(scan.folder / META, json.dumps(sums.sealed(known), indent=1))
    return scan


def load(folder: Path) -> StoredScan:
    """The scan in this folder. Raises ScanError: none, damaged, or made by a newer version."""
    try:
        known = json.loads((folder / META).read_text("utf-8"))
    except FileNotFoundError:
        raise ScanError(f"There is no stored scan {folder.name!r}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ScanError(
            f"The stored scan {folder.name!r} is damaged: {error}. Delete it and scan again."
        ) from error
    try:
        if known["format"] > FORMAT:
            raise ScanError(
                f"The stored scan {folder.name!r} was made by a newer dupedash ({known['version']}, "
                f"this is {__version__}): use that one."
            )
        return decoded(folder, known)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScanError(
            f"The stored scan {folder.name!r} is damaged: {META} is not understood ({error}). "
            "Delete it and scan again."
        ) from error


def decoded(folder: Path, told: dict[str, Any]) -> StoredScan:
    """The scan of which META says this. Raises KeyError, TypeError, ValueError, AttributeError."""
    return _decode(folder, sums.unsealed(told))


def _decode(folder: Path, known: dict[str, Any]) -> StoredScan:
    config, effort = known["config"], known["effort"]
    scan = StoredScan(
        folder=folder,
        config=ScanConfig(
            config["mode"],
            config["floor"],
            tuple(config["fq"]),
            tuple(config["against"]),
            tuple(config.get("without", ())),  # scans of earlier versions leave nothing out
        ),
        effort=Effort(effort["approximate"], Smartfilter(effort["smartfilter"])),
        status=ScanStatus(known["status"]),
        started=datetime.fromisoformat(known["started"]),
        **{name: known[name] for name in ("id", "name", "collection", "engine", "state")},
    )
    known["stats"].setdefault("pace", 0.0)  # scans of earlier versions do not know it
    stats = {f.name: known["stats"][f.name] for f in fields(ScanStats)}
    return replace(
        scan,
        finished=known["finished"] and datetime.fromisoformat(known["finished"]),
        stats=ScanStats(**stats),
        coverage=tuple(Gap(g["reason"], g["count"], tuple(g["first"])) for g in known["coverage"]),
        failures=tuple(Failure(f["what"], f["reason"]) for f in known["failures"]),
        identity=known.get("identity", ""),
        anew=known.get("anew", False),
        **{name: known[name] for name in ("message", "base", "version")},
    )
