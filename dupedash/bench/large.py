"""A made-up workspace as large as a dashboard may meet: a real collection, and a stored scan over it.

Nothing of it is searched: documents, matches and reasons are written as the store and the scan write them.
The few pictures behind it are drawn, and every image is a hard link to one of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dupedash.bench.pictures import picture
from dupedash.collection import FoundMatch
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.describe.analysis import Analysis, analyze
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.store.documents import Entry, FileStamp
from dupedash.embedded.store.store import file_id
from dupedash.errors import ConfigError
from dupedash.model import ChangeKind, Explanation, ImageRecord, ScanMode
from dupedash.review import ReviewStore, Verdict, image_key
from dupedash.scans import ScanConfig, ScanStore, StoredScan
from dupedash.scans.modes import resolve
from dupedash.scans.tables.columns import IMAGES, encode_records
from dupedash.scans.tables.parts import Account
from dupedash.system.files import allowed, second

NAME = "large"
DRAWN, FOLDER = 40, 1000  # pictures that are really drawn, whose thumbnails all share; images in a folder
KEYPOINTS = 16
"""Of each picture; enough to be a descriptor, and a hundred thousand of them stay small."""
NEAR = 0.705
"""Scores inside a group are at least this high, weak matches between groups lower than 0.7."""
_BATCH = 5000  # documents a commit: memory stays flat
# Made up: most groups are pairs, few are large.
_SIZES, _SHARES = (2, 3, 4, 5, 6, 8, 12, 20, 40), (0.36, 0.2, 0.14, 0.09, 0.07, 0.06, 0.05, 0.02, 0.01)
# What is told of matches, from the plainest to the most that can be told.
_REASONS = (
    Explanation((ChangeKind.RE_ENCODED,), inliers=240),
    Explanation((ChangeKind.RESIZED,), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), scale=0.5, inliers=180),
    Explanation((ChangeKind.CROPPED,), (1.25, 0.0, -0.1, 0.0, 1.25, -0.1), overlap_a=0.64, inliers=90),
    Explanation((ChangeKind.OVERLAY,), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), residual=((0.6, 0.7, 0.9, 0.8),)),
)
_WORDS = ("harbour", "meadow", "façade", "kitchen", "portrait", "skyline", "still life", "Überblick", "市場")
_SOURCES = ("agency", "archive", "editor", "upload", "user")

Pairs = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Size:
    """What is made up. `chains`: sizes of groups of which each image matches only its neighbours.

    All `groups` (chains included) are groups at 0.7; `matches` counts weaker ones, too.
    """

    images: int = 100_000
    groups: int = 10_000
    matches: int = 300_000
    chains: tuple[int, ...] = (2000, 300)
    decisions: int = 200


@dataclass(frozen=True, slots=True)
class Large:
    """What was made. `chains`: an image of each chain, in the order of `Size.chains`; `small`: of a group."""

    workspace: Workspace
    scan: StoredScan
    chains: tuple[str, ...]
    small: str


def make(root: Path, size: Size = Size()) -> Large:
    """Make the workspace in an empty folder; a hundred thousand images take about a minute.

    Raises ConfigError for groups or matches that the images are too few for.
    """
    rng = np.random.default_rng(7)
    workspace = Workspace(root)
    members = _deal(size, rng)
    pairs, scores = _matches(size, members, rng)
    paths = _files(root / "pictures", size.images)
    ids = [file_id(path) for path in paths]
    collection = EmbeddedCollection(workspace.collection(NAME), NAME)
    try:
        collection.store.add_root(root / "pictures")
        drawn = _drawn(paths)
        for start in range(0, size.images, _BATCH):
            collection.store.put(_entries(range(start, min(start + _BATCH, size.images)), paths, ids, drawn))
        collection.store.sync()
        records = collection.records(sorted(ids))
        scan = _scan(workspace, collection, records, _found(ids, pairs, scores))
    finally:
        collection.close()
    by_id = {record.id: record for record in records}
    small = next(group for group in members if len(group) == 3)
    _decide(workspace, [[by_id[ids[i]] for i in g] for g in members[-size.decisions :] if len(g) < 5])
    return Large(workspace, scan, tuple(ids[g[0]] for g in members[: len(size.chains)]), ids[small[0]])


def _deal(size: Size, rng: np.random.Generator) -> list[list[int]]:
    """The images of each group, the chains first."""
    plain = size.groups - len(size.chains)
    sizes = [*size.chains, 3, *rng.choice(_SIZES, max(0, plain - 1), p=_SHARES).tolist()]
    if plain < 1 or sum(sizes) > size.images:
        raise ConfigError(f"{size.images} images are too few for these groups: {sum(sizes)} are needed.")
    order = rng.permutation(size.images)
    ends = np.cumsum(sizes)
    return [order[end - count : end].tolist() for end, count in zip(ends, sizes, strict=True)]


def _matches(size: Size, members: Sequence[Sequence[int]], rng: np.random.Generator) -> tuple[Pairs, Scores]:
    """Pairs (n, 2) of image numbers with their scores: inside the groups, then weak ones between any two."""
    chained = [pair for group in members[: len(size.chains)] for pair in _chain(group)]
    plain = [(a, b) for group in members[len(size.chains) :] for n, a in enumerate(group) for b in group[:n]]
    strong = np.array([*chained, *plain], np.int64)
    missing = size.matches - len(strong)
    if missing < 0:
        raise ConfigError(f"The groups alone have {len(strong)} matches, more than {size.matches}.")
    weak = rng.integers(0, size.images, (missing * 2, 2))
    pairs = np.sort(np.concatenate([strong, weak[weak[:, 0] != weak[:, 1]]]), axis=1)
    _, first = np.unique(pairs[:, 0] * size.images + pairs[:, 1], return_index=True)
    pairs = pairs[np.sort(first)][: size.matches]
    high = NEAR + (1 - NEAR) * rng.beta(2, 1.2, len(strong))
    low = 0.5 + 0.19 * rng.beta(1, 3, len(pairs) - len(strong))
    return pairs, np.concatenate([high, low]).astype(np.float32)


def _chain(group: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each image matches the next three."""
    for step in (1, 2, 3):
        yield from zip(group, group[step:], strict=False)


def _files(folder: Path, count: int) -> list[Path]:
    """A file an image, in folders of a thousand: hard links to a few drawn pictures."""
    rng = np.random.default_rng(3)
    sources = []
    (folder / "drawn").mkdir(parents=True)
    for number in range(min(DRAWN, count)):
        sources.append(folder / "drawn" / f"{number:02}.jpg")
        small = cv2.resize(cv2.GaussianBlur(picture(rng), (0, 0), 3), (320, 240 - 4 * number))
        cv2.imwrite(str(sources[-1]), small)
    paths = []
    for number in range(count):
        if number % FOLDER == 0:
            (folder / f"{number // FOLDER:03}").mkdir()
        paths.append(folder / f"{number // FOLDER:03}" / allowed(_file_name(number)))
        second(sources[number % len(sources)], paths[-1])
    return paths


def _file_name(number: int) -> str:
    """Plain names, some long, some hostile."""
    word = _WORDS[number % len(_WORDS)]
    if number % 997 == 0:
        return f"<img src=x onerror=alert({number})> & {word}.jpg"
    if number % 101 == 0:
        return f"{word} " + "a very long name that no card can show whole " * 4 + f"{number}.jpg"
    return f"{word}-{number:06}.jpg"


def _drawn(paths: Sequence[Path]) -> list[Analysis]:
    """The analyses of the drawn pictures, each with few keypoints."""
    return [replace(found, descriptor=_few(found.descriptor)) for found in map(analyze, paths[:DRAWN])]


def _few(descriptor: bytes) -> bytes:
    whole, few = Descriptor.from_bytes(descriptor), slice(KEYPOINTS)
    return replace(
        whole, points=whole.points[few], octaves=whole.octaves[few], angles=whole.angles[few],
        binary=whole.binary[few],
    ).to_bytes()  # fmt: skip


def _entries(
    numbers: Sequence[int], paths: Sequence[Path], ids: Sequence[str], drawn: Sequence[Analysis]
) -> Iterator[Entry]:
    began = datetime(2018, 1, 1, tzinfo=UTC)
    for n in numbers:
        mark = sha256(ids[n].encode()).hexdigest()
        scale = 1 + n * 7919 % 9
        found = drawn[n % len(drawn)]
        analysis = replace(
            found, content=mark, pixels=mark[::-1], width=320 * scale, height=240 * scale,
            size=20_000 * scale * scale + n % 1000, taken=began + timedelta(hours=n % 60_000),
            camera=f"Camera {n % 12}",
        )  # fmt: skip
        fields = {
            "category": _WORDS[n % len(_WORDS)], "source": _SOURCES[n % len(_SOURCES)], "rating": n % 6,
            "tags": [_WORDS[n * k % len(_WORDS)] for k in (2, 5)], "price": n % 400 / 4,
        }  # fmt: skip
        changed = int((began + timedelta(minutes=n * 37 % 3_900_000)).timestamp()) * 10**9
        stamp = FileStamp(os.fsencode(paths[n]), analysis.size, changed)
        yield Entry(ids[n], str(paths[n]), analysis, fields, stamp)


def _found(ids: Sequence[str], pairs: Pairs, scores: Scores) -> list[FoundMatch]:
    found = []
    for (a, b), score in zip(pairs.tolist(), scores.tolist(), strict=True):
        low, high = sorted((ids[a], ids[b]))
        found.append(FoundMatch(low, high, score, _REASONS[(a + b) % len(_REASONS)]))
    return found


def _scan(
    workspace: Workspace,
    collection: EmbeddedCollection,
    records: Sequence[ImageRecord],
    found: Sequence[FoundMatch],
) -> StoredScan:
    """A finished scan of all images."""
    store, effort = ScanStore(workspace.scans), resolve(ScanMode.BALANCED, len(records))
    engine, identity = collection.engine, collection.identity
    scan = store.create(
        NAME, engine, collection.state(), ScanConfig(), effort, "Made up, large", identity
    )
    columns = encode_records(records) | dict.fromkeys(
        ("in_scope", "in_against", "fresh"), [True] * len(records)
    )
    with store.writing(scan) as writer:
        writer.begin()
        writer.write_images([pa.table([columns[f.name] for f in IMAGES], schema=IMAGES)])
        writer.write_part(found, Account(0, images=len(records), seconds=len(records) / 120))
        return writer.finish()


def _decide(workspace: Workspace, groups: Sequence[Sequence[ImageRecord]]) -> None:
    """Somebody has begun to review."""
    store, verdicts = ReviewStore(workspace.reviews), (Verdict.DUPLICATE, Verdict.KEEP_ALL)
    for number, group in enumerate(groups):
        images = [image_key(record, NAME) for record in group]
        store.decide(images, verdicts[number % 2], who="Ada", expected_revision=0)
