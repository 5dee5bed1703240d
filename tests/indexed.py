"""A folder of small pictures and the store that it is indexed into, as fixtures; processes that stay."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dupedash.embedded.files import update
from dupedash.embedded.files.update import IndexReport, index
from dupedash.embedded.store.store import Store
from dupedash.errors import DupedashError
from dupedash.model import IsCancelled, never
from dupedash.workers import Bounds, Done, Pool
from dupedash.workers.pool import UNBOUNDED


def draw(path: Path | bytes, seed: int, size: tuple[int, int] = (96, 72)) -> None:
    """A small picture of noise, different for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1] // 4, size[0] // 4, 3), np.uint8)
    with open(path, "wb") as file:
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(file, "PNG")


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    made = Store(tmp_path / "data" / "collections" / "c")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three pictures, one of them in a folder within, and a text."""
    root = tmp_path / "pictures"
    (root / "within").mkdir(parents=True)
    for seed, name in enumerate(["a.png", "b.png", "within/c.png"]):
        draw(root / name, seed)
    (root / "notes.txt").write_text("no picture")
    return root


def counts(report: IndexReport) -> tuple[int, int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.vanished), len(report.unreadable)


def read(store: Store, *paths: Path, **options: object) -> IndexReport:
    """Index these, in one process."""
    return index(store, list(paths), jobs=1, **options)


class KeptWorkers:
    """As `Workers`, with a process that stays for the next run: to start one costs more than all it reads."""

    pools: dict[bytes, Pool] = {}  # noqa: RUF012 (emptied by the fixture)

    def __init__(self, function: Callable[..., Any], _jobs: int, *, bounds: Bounds = UNBOUNDED) -> None:
        key = pickle.dumps((function, bounds))
        self._pool = self.pools.get(key) or self.pools.setdefault(key, Pool(function, 1, bounds=bounds))

    def run(self, tasks: Iterable[Any], *, cancelled: IsCancelled = never) -> Iterator[Done]:
        """As `Workers.run`."""
        for task in tasks:
            try:
                yield Done(task, self._pool.ask(task))
            except DupedashError as error:
                yield Done(task, error=error)
            if cancelled():
                return


@contextmanager
def kept_workers() -> Iterator[None]:
    """Whatever is indexed in this process meanwhile is read by processes that stay."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(update, "Workers", KeptWorkers)
        yield
    for pool in KeptWorkers.pools.values():
        pool.close()
    KeptWorkers.pools.clear()
