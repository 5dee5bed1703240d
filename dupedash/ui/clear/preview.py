"""What the Clear page previews: the groups as they are now, and what was worked out about them before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import streamlit as st

from dupedash.actions import (
    Candidates,
    Head,
    Known,
    Preview,
    Scope,
    Wish,
    among,
    candidates_of,
)
from dupedash.groups.graph import Cut, DuplicateGraph, Strictness
from dupedash.images.files import printable
from dupedash.scans import MatchEdits, StoredScan, must_be_of
from dupedash.ui import scan_data, state
from dupedash.ui.review import decisions as judging
from dupedash.ui.state import View

MOST = 200_000
"""Groups that are remembered of one wish; beyond, it begins anew."""


def of(view: View, scan: StoredScan, wish: Wish, scope: Scope) -> Preview:
    """The preview of this wish at the threshold. Raises CollectionError, ScanError, ConfigError."""
    now, workspace = view.collection.state(), view.settings.workspace
    _must_be_of(scan.id, printable(scan.folder), view.collection.identity, view, scan)
    about = (now, printable(scan.folder), state.graph_version(scan), judging.version(workspace))
    head = Head.now(view.collection, scan.id, view.threshold)
    rules = sorted((name, str(rule)) for name, rule in wish.merge.items()) if wish.merge is not None else None
    asked = json.dumps([wish.action, wish.policy.to_json(), rules, wish.link_field, head.roots])
    known = _known(about, asked)
    if len(known.effects) > MOST:
        known.effects.clear()
    fresh = now == scan.state
    cut = view.cut if fresh else _cut_now(about, view.threshold, view.strictness.value, view, scan)
    edits = scan_data.edits(scan, about[2] if fresh else " ".join(about), cut.graph.matches)
    read = partial(_read, view, scan, cut, edits, fresh=fresh)
    return Preview(cut, wish, head, read, scope, state.EXACT, known)


@st.cache_data(max_entries=50, show_spinner=False)
def _must_be_of(scan: str, folder: str, identity: str, _view: View, _scan: StoredScan) -> None:  # noqa: ARG001
    must_be_of(_scan, _view.collection)


@st.cache_resource(max_entries=12, show_spinner=False)
def _known(about: tuple[str, ...], asked: str) -> Known:  # noqa: ARG001  (they are the key)
    return Known()


@st.cache_resource(max_entries=24, show_spinner=False)
def _cut_now(
    about: tuple[str, ...], threshold: float, strictness: str, _view: View, _scan: StoredScan
) -> Cut:
    return _graph_now(about, _view, _scan).cut(threshold, Strictness(strictness))


@st.cache_resource(max_entries=3, show_spinner=False)
def _graph_now(about: tuple[str, ...], _view: View, _scan: StoredScan) -> DuplicateGraph:  # noqa: ARG001
    """Without the images that left the collection since the scan."""
    return DuplicateGraph(among(state.graph_of(_scan).matches, set(_view.collection.ids())))


def _read(
    view: View, scan: StoredScan, cut: Cut, edits: MatchEdits, numbers: Sequence[int], *, fresh: bool
) -> list[Candidates]:
    """Groups with the records of their images as they are now: the scan's own where nothing changed since."""
    ids = [image_id for number in numbers for image_id in cut.members(number)]
    records = scan_data.records(scan, ids) if fresh else view.collection.records(ids)
    by_id = dict(zip(ids, records, strict=True))
    decisions = judging.decisions(view.settings.workspace)
    return candidates_of(cut, numbers, by_id, view.collection.name, decisions, edits)
