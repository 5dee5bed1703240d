"""The images of a stored scan as arrays and records, read once for all sessions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.images.files import printable
from dupedash.keepers.places import place_fitting, place_in
from dupedash.model import Explanation, ImageRecord
from dupedash.scans import ImageRows, MatchEdits, MatchRows, StoredScan

_COLUMNS = ["location", "bytes", "content", "pixels"]


def images_of(scan: StoredScan) -> pd.DataFrame:
    """Location, bytes, content and pixels of the scan's images, by id. Read only: it is shared."""
    file = scan.folder / "images.parquet"
    return _images(printable(file), file.stat().st_mtime_ns if file.exists() else 0, scan)


@st.cache_resource(max_entries=6, show_spinner=False)
def _images(path: str, changed: int, _scan: StoredScan) -> pd.DataFrame:  # noqa: ARG001  (they are the key)
    return _scan.images().set_index("id")[_COLUMNS]


def bytes_of(scan: StoredScan, version: str, graph: DuplicateGraph) -> npt.NDArray[np.int64]:
    """The size of the file per image of the graph, 0 where unknown. `version` names the graph."""
    return _bytes(printable(scan.folder), version, scan, graph)


@st.cache_resource(max_entries=6, show_spinner=False)
def _bytes(folder: str, version: str, _scan: StoredScan, _graph: DuplicateGraph) -> npt.NDArray[np.int64]:  # noqa: ARG001
    sizes: npt.NDArray[np.int64] = _of(_scan, _graph, "bytes").fillna(0).to_numpy().astype(np.int64)
    return sizes


def places_with(scan: StoredScan, graph: DuplicateGraph, text: str) -> npt.NDArray[np.bool_]:
    """Which images of the graph have this text in their location, whatever its case."""
    places = _of(scan, graph, "location").fillna("")
    found: npt.NDArray[np.bool_] = places.str.contains(text, case=False, regex=False).to_numpy(bool)
    return found


def count_in(scan: StoredScan, places: tuple[str, ...], patterns: bool) -> Mapping[str, int]:
    """How many images of the scan lie in each of these places, or fit each pattern."""
    return _count_in(*_file(scan, "images.parquet"), places, patterns, scan)


@st.cache_data(max_entries=50, show_spinner=False)
def _count_in(
    path: str, changed: int, places: tuple[str, ...], patterns: bool, _scan: StoredScan  # noqa: ARG001
) -> Mapping[str, int]:
    locations = images_of(_scan)["location"].dropna()
    if patterns:
        return {p: sum(place_fitting(at, [p], classes=True) is not None for at in locations) for p in places}
    return {p: sum(place_in(at, [p]) is not None for at in locations) for p in places}


def _of(scan: StoredScan, graph: DuplicateGraph, column: str) -> pd.Series:
    return images_of(scan)[column].reindex(graph.matches.ids)


Reasons = Mapping[tuple[str, str], Explanation]


def records(scan: StoredScan, ids: Iterable[str]) -> list[ImageRecord]:
    """The records in the order asked for; the table behind them is read once. Raises ScanError."""
    return _image_rows(*_file(scan, "images.parquet"), scan).records(ids)


def reasons(scan: StoredScan, pairs: Iterable[tuple[str, str]]) -> Reasons:
    """(smaller id, larger id) → why they match, of those that have a reason. Raises ScanError."""
    return _match_rows(*_file(scan, "matches.parquet"), scan).explanations(pairs)


def edits(scan: StoredScan, version: str, matches: Matches) -> MatchEdits:
    """What tells the edited image of each match. `version` names the matches. Raises ScanError."""
    return _edits(*_file(scan, "matches.parquet"), version, scan, matches)


@st.cache_resource(max_entries=6, show_spinner=False)
def _edits(path: str, changed: int, version: str, _scan: StoredScan, _matches: Matches) -> MatchEdits:  # noqa: ARG001
    return _match_rows(*_file(_scan, "matches.parquet"), _scan).edits(_matches)


def _file(scan: StoredScan, name: str) -> tuple[str, int]:
    """A file of the scan and when it was written; of one that is not there yet nothing is kept."""
    file = scan.folder / name
    return printable(file), file.stat().st_mtime_ns if file.exists() else time.time_ns()


@st.cache_resource(max_entries=3, show_spinner=False)
def _image_rows(path: str, changed: int, _scan: StoredScan) -> ImageRows:  # noqa: ARG001
    return _scan.image_rows()


@st.cache_resource(max_entries=3, show_spinner=False)
def _match_rows(path: str, changed: int, _scan: StoredScan) -> MatchRows:  # noqa: ARG001
    return _scan.match_rows(_image_rows(*_file(_scan, "images.parquet"), _scan))
