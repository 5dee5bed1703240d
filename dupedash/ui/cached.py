"""What the pages know of a stored scan: read and worked out once, for all sessions.

Every key is made here. A scan is known by its folder and its version, which changes as it grows; its matches
by the folder and theirs, which also changes when a decision takes some out; the decisions by their number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dupedash.actions import FolderSides, among
from dupedash.config import Workspace
from dupedash.folders import FolderLists, SharedFolders, Shelf, lists, shared_folders
from dupedash.groups.changes import Differences, between
from dupedash.groups.curves import Curves, curves
from dupedash.groups.graph import Cut, DuplicateGraph, Flags, Matches, Strictness
from dupedash.groups.listing import Bits, bits_of, group_kinds, having
from dupedash.groups.scans_compared import ScanDifference, compare
from dupedash.groups.table import GroupTable, table
from dupedash.images.files import printable
from dupedash.keepers.places import place_fitting, place_in
from dupedash.model import USUAL, Explanation, ImageRecord, PairKind
from dupedash.review import Decisions, ImageKey, ReviewStore, apply_decisions, group_standings
from dupedash.scans import ImageRows, MatchEdits, MatchRows, ScanStatus, StoredScan
from dupedash.scans import must_be_of as raise_unless_of
from dupedash.ui.collections import CollectionNow, collection_key

Reasons = Mapping[tuple[str, str], Explanation]
"""(smaller id, larger id) → why they match."""

_COLUMNS = ["location", "bytes", "content", "pixels", "modified"]
_UNDECIDED = "none"
_ALL = "-all"
"""Ends the version of matches of which none was rejected."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanMatches:
    """Matches of a scan: all, or those that stay. `version` changes whenever they do."""

    scan: StoredScan
    version: str
    matches: Matches


def scan_version(scan: StoredScan) -> str:
    """Changes whenever what is stored may have changed; an unfinished scan grows by parts."""
    parts = sum(1 for _ in scan.folder.glob("parts/*.parquet")) if scan.status is not ScanStatus.DONE else 0
    files = (scan.folder / name for name in ("images.parquet", "matches.parquet"))
    written = "-".join(str(file.stat().st_mtime_ns if file.exists() else 0) for file in files)
    return f"{scan.status}-{scan.stats.matches}-{scan.finished}-{parts}-{written}"


@dataclass(frozen=True, slots=True)
class DecisionsNow:
    """The decisions of a workspace; `version` changes with every new one."""

    workspace: Workspace
    version: str


def decisions_now(workspace: Workspace) -> DecisionsNow:
    """Raises ConfigError."""
    # A look at a workspace without decisions writes nothing.
    known = ReviewStore(workspace.reviews).version() if workspace.reviews.exists() else _UNDECIDED
    return DecisionsNow(workspace, known)


_KEYS: dict[str | type[Any], Any] = {
    StoredScan: lambda scan: f"{printable(scan.folder)} {scan_version(scan)}",
    ScanMatches: lambda found: f"{printable(found.scan.folder)} {found.version}",
    DecisionsNow: lambda now: f"{printable(now.workspace.reviews)} {now.version}",
    CollectionNow: collection_key,
}


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def images_of(scan: StoredScan) -> pd.DataFrame:
    """Location, bytes, content, pixels and date of the scan's images, by id. Read only: it is shared."""
    return scan.images().set_index("id")[_COLUMNS]


@st.cache_resource(max_entries=3, show_spinner=False, hash_funcs=_KEYS)
def _image_rows(scan: StoredScan) -> ImageRows:
    return scan.image_rows()


@st.cache_resource(max_entries=3, show_spinner=False, hash_funcs=_KEYS)
def _match_rows(scan: StoredScan) -> MatchRows:
    return scan.match_rows(_image_rows(scan))


def records(scan: StoredScan, ids: Iterable[str]) -> list[ImageRecord]:
    """The records in the order asked for; the table behind them is read once. Raises ScanError."""
    return _image_rows(scan).records(ids)


def reasons(scan: StoredScan, pairs: Iterable[tuple[str, str]]) -> Reasons:
    """Why these match, of those that have a reason. Raises ScanError."""
    return _match_rows(scan).explanations(pairs)


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=_KEYS)
def count_in(scan: StoredScan, places: tuple[str, ...], patterns: bool) -> Mapping[str, int]:
    """How many images of the scan lie in each of these places, or fit each pattern."""
    locations = images_of(scan)["location"].dropna()
    if patterns:
        return {p: sum(place_fitting(at, [p], classes=True) is not None for at in locations) for p in places}
    return {p: sum(place_in(at, [p]) is not None for at in locations) for p in places}


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=_KEYS)
def must_be_of(scan: StoredScan, collection: CollectionNow) -> None:
    """Raises ScanError where the scan is of another collection."""
    raise_unless_of(scan, collection.open())


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=_KEYS)
def decisions(now: DecisionsNow) -> Decisions:
    """All of them. Raises ConfigError."""
    return Decisions() if now.version == _UNDECIDED else ReviewStore(now.workspace.reviews).load()


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def decided_keys(scan: StoredScan, now: DecisionsNow) -> Mapping[str, ImageKey]:
    """id → key, of those images of the scan that some decision is about. Raises ConfigError, ScanError."""
    known = {part for decision in decisions(now) for image in decision.images
             for part in (image.content, image.pixels)} - {""}  # fmt: skip
    if not known:
        return {}
    images, prefix = images_of(scan), f"id:{scan.collection}:"
    by_id = images.index.isin([key.removeprefix(prefix) for key in known if key.startswith(prefix)])
    rows = images[images["content"].isin(known) | images["pixels"].isin(known) | by_id]
    return {
        str(image_id): ImageKey(content, pixels or "") if content else ImageKey(prefix + str(image_id))
        for image_id, content, pixels in zip(rows.index, rows["content"], rows["pixels"], strict=True)
    }


@st.cache_resource(max_entries=3, show_spinner="Reading the scan …", hash_funcs=_KEYS)
def _pairs(scan: StoredScan) -> Matches:
    return scan.pairs()


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_KEYS)
def all_matches(scan: StoredScan, kinds: tuple[PairKind, ...]) -> ScanMatches:
    """The matches of these kinds as the scan found them, whatever was decided. Raises ScanError."""
    version = f"{scan_version(scan)}-{_of_kinds(kinds)}{_ALL}"
    return ScanMatches(scan, version, _pairs(scan).only(kinds))


def _of_kinds(kinds: tuple[PairKind, ...]) -> str:
    """Stands for these kinds in a version."""
    return "usual" if kinds == USUAL else "+".join(kind.token for kind in kinds)


def counts_of_kinds(scan: StoredScan) -> Mapping[PairKind, int]:
    """How many pairs of each kind the scan found. Raises ScanError."""
    return _pairs(scan).counts()


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_KEYS)
def matches(scan: StoredScan, now: DecisionsNow, kinds: tuple[PairKind, ...]) -> ScanMatches:
    """The matches of these kinds that nobody rejected. Raises ConfigError, ScanError."""
    found, keys = all_matches(scan, kinds), decided_keys(scan, now)
    kept = apply_decisions(found.matches, keys, decisions(now)) if keys else found.matches
    if kept is found.matches:
        return found
    digest = hashlib.sha256(kept.a.tobytes() + kept.b.tobytes()).hexdigest()[:16]
    return ScanMatches(scan, f"{scan_version(scan)}-{_of_kinds(kinds)}-{digest}", kept)


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def still_there(found: ScanMatches, collection: CollectionNow) -> ScanMatches:
    """Without the images that left the collection since the scan. Raises CollectionError."""
    there = among(found.matches, ids_now(collection))
    return ScanMatches(found.scan, f"{found.version} {collection.state}", there)


@st.cache_resource(max_entries=3, show_spinner=False, hash_funcs=_KEYS)
def ids_now(collection: CollectionNow) -> frozenset[str]:
    """The images that are in the collection. Raises CollectionError."""
    return frozenset(collection.open().ids())


@dataclass(frozen=True, slots=True)
class Since:
    """What happened to the images of a collection since a scan of all of them."""

    new: int
    gone: int


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=_KEYS)
def since(scan: StoredScan, collection: CollectionNow, changed: frozenset[str]) -> Since:
    """`changed`: ids of images that were written since; those with the content that they had when they were
    scanned, as after an undo, are no news. Raises CollectionError, ScanError."""
    scanned, ids = images_of(scan), sorted(changed)
    before = scanned["content"].reindex(ids)
    records = collection.open().records(ids)
    new = sum(r.content != content for r, content in zip(records, before, strict=True))
    return Since(new, len(scanned.index.difference(list(ids_now(collection)))))


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def edits(found: ScanMatches) -> MatchEdits:
    """What tells the edited image of each match. Raises ScanError."""
    return _match_rows(found.scan).edits(found.matches)


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def file_sizes(found: ScanMatches) -> npt.NDArray[np.int64]:
    """Bytes of the file per image of `matches.ids` as it was scanned, 0 where unknown."""
    sizes: npt.NDArray[np.int64] = _column(found, "bytes").fillna(0).to_numpy().astype(np.int64)
    return sizes


def groups_with_text(found: ScanMatches, cut: Cut, text: str) -> Flags:
    """Per group whether one of its images has this text in its location, whatever its case."""
    places = _column(found, "location").fillna("")
    return having(cut, places.str.contains(text, case=False, regex=False).to_numpy(bool))


def groups_changed(found: ScanMatches, cut: Cut, since: date | None, until: date | None) -> Flags:
    """Per group whether one of its files was changed between these days, both included, UTC."""
    days = _column(found, "modified").dt.date
    in_time = days.notna() & (days >= (since or date.min)) & (days <= (until or date.max))
    return having(cut, in_time.to_numpy(bool))


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def folders(found: ScanMatches) -> pd.Series:
    """Per image of `matches.ids` the folder in which it is, "" where that is not known."""
    return _column(found, "location").fillna("").str.rpartition("/")[0]


@st.cache_resource(max_entries=4, show_spinner="Reading the folders …", hash_funcs=_KEYS)
def shelf(found: ScanMatches, threshold: float, now: CollectionNow | None) -> Shelf:
    """The images of the scan in their folders; `now`: those alone that this collection still has. Raises
    CollectionError, ScanError."""
    linked = cut(found, threshold, Strictness.COMPONENT)
    return found.scan.shelf(linked, None if now is None else ids_now(now))


@st.cache_resource(max_entries=12, show_spinner="Comparing the folders …", hash_funcs=_KEYS)
def shared(found: ScanMatches, threshold: float, now: CollectionNow | None) -> Sequence[SharedFolders]:
    """The folders that share images. Raises CollectionError, ScanError."""
    return shared_folders(shelf(found, threshold, now))


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_KEYS)
def folder_lists(
    found: ScanMatches, threshold: float, now: CollectionNow | None, folder: str, other: str
) -> FolderLists:
    """What a folder shares with another one, and what not. Raises CollectionError, ConfigError, ScanError."""
    return lists(shelf(found, threshold, now), folder, other)


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def folder_sides(
    found: ScanMatches, threshold: float, now: CollectionNow | None, folder: str, other: str
) -> FolderSides:
    """What goes and what stays where a folder is cleared. Raises CollectionError, ConfigError, ScanError."""
    return FolderSides.of(shelf(found, threshold, now), folder, other)


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_KEYS)
def kinds_of_groups(found: ScanMatches, threshold: float, strictness: Strictness) -> Bits:
    """Per group all kinds of change between its images. Raises ScanError."""
    told = edits(found)
    bits = np.array([bits_of(kind.kinds) if kind else 0 for kind in told.kinds], np.int64)
    return group_kinds(cut(found, threshold, strictness), bits[told.which])


def _column(found: ScanMatches, name: str) -> pd.Series:
    return images_of(found.scan)[name].reindex(list(found.matches.ids))


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_KEYS)
def graph(found: ScanMatches) -> DuplicateGraph:
    """The matches as a graph, from which every threshold is cut."""
    return DuplicateGraph(found.matches)


@st.cache_resource(max_entries=48, show_spinner=False, hash_funcs=_KEYS)
def cut(found: ScanMatches, threshold: float, strictness: Strictness) -> Cut:
    """The groups at a threshold (0…1)."""
    return graph(found).cut(threshold, strictness)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=_KEYS)
def group_table(found: ScanMatches, threshold: float, strictness: Strictness) -> GroupTable:
    """The figures of all groups at a threshold. Raises ScanError."""
    # Of what shows one moment nothing is to be decided.
    decidable = edits(found).decidable(found.matches.score) | found.matches.of_moment
    return table(cut(found, threshold, strictness), file_sizes(found), decidable)


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_KEYS)
def standings(
    found: ScanMatches, threshold: float, strictness: Strictness, now: DecisionsNow
) -> Mapping[int, str]:
    """Group number → what was decided, of the decided ones. Raises ConfigError, ScanError."""
    return group_standings(
        cut(found, threshold, strictness), decided_keys(found.scan, now), decisions(now)
    )  # fmt: skip


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=_KEYS)
def deciders(
    found: ScanMatches, threshold: float, strictness: Strictness, now: DecisionsNow
) -> Mapping[int, str]:
    """Group number → who decided it, of the groups that were decided as such."""
    groups, keys, known = cut(found, threshold, strictness), decided_keys(found.scan, now), decisions(now)
    decided = standings(found, threshold, strictness, now)
    latest = {number: known.of([keys[i] for i in groups.members(number)]) for number in decided}
    return {number: decision.who for number, decision in latest.items() if decision}


@st.cache_resource(max_entries=8, show_spinner="Reading the scan …", hash_funcs=_KEYS)
def curves_of(found: ScanMatches) -> Curves:
    """What every threshold would give, in steps of 0.01. Raises ScanError."""
    low = lowest(found.scan)
    return curves(graph(found), low, round((1 - low) * 100) + 1, file_sizes(found))


def lowest(scan: StoredScan) -> float:
    """Where the curves begin: the scan kept nothing below."""
    return min(round(scan.config.floor, 2), 0.95)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=_KEYS)
def group_changes(
    before: tuple[ScanMatches, float], after: tuple[ScanMatches, float], strictness: Strictness
) -> Differences:
    """What becomes of the groups of a scan at a threshold in another scan, or at another threshold."""
    return between(cut(*before, strictness), cut(*after, strictness))


@st.cache_resource(max_entries=16, show_spinner="Comparing …", hash_funcs=_KEYS)
def scan_difference(one: ScanMatches, other: ScanMatches, threshold: float) -> ScanDifference:
    """What the other scan says differently about the same pairs."""
    return compare(one.matches, other.matches, threshold)
