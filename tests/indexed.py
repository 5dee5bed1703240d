"""A folder of small pictures and the store that it is indexed into, as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dupedash.embedded.files.update import IndexReport, index
from dupedash.embedded.store.store import Store


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
