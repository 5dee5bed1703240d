"""One look at a collection: read what is new in its folders, search it, see what that gives."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dupedash.collection import Rooted, WritableCollection
from dupedash.config import Workspace
from dupedash.errors import ScanError
from dupedash.groups.graph import DuplicateGraph
from dupedash.images.files import printable
from dupedash.indexing import index_paths
from dupedash.model import USUAL, IsCancelled, ReportProgress
from dupedash.review import decisions_of
from dupedash.scans import ScanConfig, ScanStatus, ScanStore, StoredScan, is_of
from dupedash.scans.judging import without_rejected
from dupedash.scans.run import run_scan
from dupedash.watch.news import News, new_images, news_of


@dataclass(frozen=True, slots=True)
class Round:
    """What a look gave.

    scan     the scan of what is there now; None where it was stopped before its end
    made     the scan was not there before
    news     what is new; None at the first look, which only gets to know what is there
    away     folders of the collection that were not there, or empty: what is known of them stays
    """

    scan: StoredScan | None
    made: bool = False
    news: News | None = None
    away: tuple[Path, ...] = ()

    @property
    def remark(self) -> str:
        """Which folders were away, as a sentence; "" where none was."""
        places = ", ".join(printable(place) for place in self.away)
        return f"Not there just now, and left as they were: {places}." if places else ""


@dataclass(frozen=True, slots=True)
class Look:
    """How to look.

    threshold  at which score images are duplicates, 0…1
    known      the scan whose images are known; "": none yet
    """

    workspace: Workspace
    threshold: float
    known: str
    progress: ReportProgress
    cancelled: IsCancelled

    def at(self, collection: WritableCollection) -> Round:
        """Raises CollectionError, ScanError, ConfigError."""
        there, away = parted(collection.roots() if isinstance(collection, Rooted) else ())
        if there:
            index_paths(collection, there, progress=self.progress, cancelled=self.cancelled)
        if self.cancelled():
            return Round(None, away=tuple(away))
        config, store = ScanConfig(), ScanStore(self.workspace.scans)
        before = self._before(collection, store, config)
        known = {scan.id for scan in store.list()}
        scan = run_scan(collection, config, store, progress=self.progress, cancelled=self.cancelled)
        if scan.status is ScanStatus.STOPPED:
            return Round(None, away=tuple(away))
        news = self._news(scan, before) if before else None
        return Round(scan, scan.id not in known, news, tuple(away))

    def _before(
        self, collection: WritableCollection, store: ScanStore, config: ScanConfig
    ) -> StoredScan | None:
        """The scan whose images are known: the last one told of, else the newest that there is."""
        told = list[StoredScan]()
        with suppress(ScanError):  # somebody deleted it
            told += [store.get(self.known)] if self.known else []
        scans = (*told, *store.earlier(collection.name, config))
        return next((scan for scan in scans if is_of(scan, collection)), None)

    def _news(self, scan: StoredScan, before: StoredScan) -> News:
        new = new_images(before, scan)
        judged = without_rejected(scan.pairs().only(USUAL), scan, decisions_of(self.workspace))
        return news_of(scan, DuplicateGraph(judged).cut(self.threshold), new)


def parted(roots: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Those that are there and those that are away: where nothing is mounted an empty folder is left."""
    there = [root for root in roots if _is_there(root)]
    return there, [root for root in roots if root not in there]


def _is_there(root: Path) -> bool:
    try:
        return root.is_file() or any(True for _ in root.iterdir())
    except OSError:
        return False
