"""Index and scan collections of several sizes, and say what an image costs."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from dupedash.bench.checking import CheckFigures, check_words, measure_check
from dupedash.bench.explaining import (
    PICTURES,
    ChangeFigures,
    explanation_words,
    measure_explanations,
)
from dupedash.bench.keeping import KeeperFigures, keeper_words, measure_keepers
from dupedash.bench.memory import MEGABYTE, PeakMemory
from dupedash.bench.modes import ModeFigures, measure_modes, modes_words
from dupedash.bench.pictures import FAMILY, FOLDER, draw
from dupedash.bench.recut import SIZES, RecutFigures, recut
from dupedash.bench.served import IMAGES, ServedFigures, measure_served
from dupedash.bench.stages import StageFigures, measure_stages
from dupedash.bench.startup import StartFigures, measure_starts, start_words
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.errors import Cancelled, ConfigError
from dupedash.groups.graph import DuplicateGraph
from dupedash.model import EXACT, NEAR, IsCancelled, ReportProgress, ignore, never
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan

_THRESHOLDS = NEAR, EXACT
_FOR_EACH = 20
"""Images for each picture whose explanations are measured: a small bench takes seconds."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """One collection: `found` of the `planted` families came out as a group at 0.7. Memory in MB."""

    images: int
    index_rate: float
    scan_seconds: float
    scan_rate: float
    matches: int
    planted: int
    found: int
    memory: int
    stages: StageFigures
    keepers: tuple[KeeperFigures, ...]
    modes: tuple[ModeFigures, ...]


@dataclass(frozen=True, slots=True)
class BenchFigures:
    """Everything, with the machine it was measured on."""

    machine: str
    sizes: tuple[SizeFigures, ...]
    served: ServedFigures
    check: CheckFigures
    starts: StartFigures
    explanations: tuple[ChangeFigures, ...]
    recuts: tuple[RecutFigures, ...]


def machine() -> str:
    """The line that figures mean nothing without."""
    memory = psutil.virtual_memory().total / MEGABYTE / 1024
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def run_bench(
    sizes: Sequence[int],
    *,
    say: Say = lambda _line: None,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> BenchFigures:
    """Draw once, then index and scan each size, smallest first, in a temporary folder.

    Raises ConfigError, Cancelled.
    """
    if not sizes or min(sizes) < FAMILY:
        raise ConfigError(f"A bench needs at least {FAMILY} images.")
    say(machine())
    with tempfile.TemporaryDirectory(prefix="dupedash-bench-") as folder:
        home = Path(folder)
        folders = draw(home / "pictures", max(sizes), os.cpu_count() or 1)
        measured = []
        for size in sorted(sizes):
            measured.append(_measure(home, folders[: -(-size // FOLDER)], progress, cancelled))
            say(size_words(measured[-1]))
            for keepers in measured[-1].keepers:
                say(keeper_words(keepers))
            say(modes_words(measured[-1].modes))
        served = measure_served(
            Workspace(home / "data-served"), _first(folders, min(IMAGES, max(sizes))), progress, cancelled
        )
        say(served_words(served))
        check = measure_check(
            Workspace(home / "data-check"), _first(folders, max(sizes)), progress, cancelled
        )
        say(check_words(check))
        starts = measure_starts(Workspace(home / "data-served"))
        say(start_words(starts))
        explanations = measure_explanations(max(2, min(PICTURES, max(sizes) // _FOR_EACH)), cancelled)
        say(explanation_words(explanations))
        recuts = []
        for images, matches in SIZES:
            recuts.append(recut(images, matches))
            say(recut_words(recuts[-1]))
    return BenchFigures(machine(), tuple(measured), served, check, starts, explanations, tuple(recuts))


def _first(folders: Sequence[Path], count: int) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.iterdir())][:count]


def _measure(
    home: Path, folders: Sequence[Path], progress: ReportProgress, cancelled: IsCancelled
) -> SizeFigures:
    workspace = Workspace(home / f"data-{len(folders)}")
    collection = EmbeddedCollection(workspace.collection("bench"), "bench")
    try:
        with PeakMemory() as memory:
            read = index(collection.store, folders, progress=progress, cancelled=cancelled)
            scan = run_scan(
                collection, ScanConfig(), ScanStore(workspace.scans), progress=progress, cancelled=cancelled
            )
        if cancelled():
            raise Cancelled("The bench was stopped.")
        families = _families(collection)
        cut = DuplicateGraph(scan.matches()).cut(NEAR)
        groups = {frozenset(cut.members(number)) for number in range(len(cut))}
        return SizeFigures(
            images=scan.stats.images,
            index_rate=round(read.added / read.seconds, 1),
            scan_seconds=scan.stats.seconds,
            scan_rate=round(scan.stats.rate, 1),
            matches=scan.stats.matches,
            planted=len(families),
            found=len(families & groups),
            memory=memory.megabytes,
            stages=measure_stages(collection),
            keepers=tuple(measure_keepers(collection, scan, threshold) for threshold in _THRESHOLDS),
            modes=measure_modes(collection, cancelled),
        )
    finally:
        collection.close()


def _families(collection: EmbeddedCollection) -> set[frozenset[str]]:
    """The planted groups: the first three of every family."""
    families: dict[tuple[str, int], set[str]] = {}
    for record in collection.records(collection.ids()):
        path = Path(record.location)
        family, place = divmod(int(path.stem), FAMILY)
        if place < 3:
            families.setdefault((path.parent.name, family), set()).add(record.id)
    return {frozenset(family) for family in families.values()}


def size_words(figures: SizeFigures) -> str:
    """A size in a line."""
    s = figures.stages
    return (
        f"{figures.images:>7,} images: index {figures.index_rate:.0f}/s, "
        f"scan {figures.scan_seconds:.1f} s = {figures.scan_rate:.0f} scans/s, "
        f"an image costs {s.total:.1f} ms (describe {s.describe:.1f}, join {s.join:.1f}, "
        f"verify {s.verify:.1f} for {s.pairs:.1f} pairs), peak memory {figures.memory:,} MB, "
        f"{figures.found} of {figures.planted} planted groups"
    )


def served_words(figures: ServedFigures) -> str:
    """The scan through HTTP in a line."""
    return (
        f"{figures.images:>7,} images through HTTP: "
        f"scan {figures.scan_seconds:.1f} s = {figures.scan_rate:.0f} scans/s"
    )


def recut_words(figures: RecutFigures) -> str:
    """A new threshold in a line."""
    return (
        f"{figures.images:>7,} images, {figures.matches:,} matches: a new threshold takes "
        f"{figures.again:.1f} ms ({figures.first:.0f} ms the first time)"
    )
