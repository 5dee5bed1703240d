"""What the Clear page previews: the groups as they are now, and what was worked out about them before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from dupedash.actions import (
    FolderSides,
    GroupToClear,
    Head,
    Known,
    Preview,
    Scope,
    Wish,
    groups_of_cut,
)
from dupedash.groups.graph import Cut, Strictness
from dupedash.images.files import printable
from dupedash.model import EXACT
from dupedash.scans import MatchEdits, StoredScan
from dupedash.ui import cached
from dupedash.ui.cached import ScanMatches
from dupedash.ui.collections import CollectionNow
from dupedash.ui.state import View

MOST = 200_000
"""Groups that are remembered of one wish; beyond, it begins anew."""


def of(
    view: View, scan: StoredScan, wish: Wish, scope: Scope, sides: FolderSides | None = None
) -> Preview:
    """The preview of this wish at the threshold; `sides`: where one folder is cleared. Raises
    CollectionError, ScanError, ConfigError."""
    now = replace(view.now, state=view.collection.state())
    cached.must_be_of(scan, now)
    fresh = now.state == scan.state
    found = cached.matches(scan, view.decisions_now, view.kinds)
    found = found if fresh else cached.still_there(found, now)
    head = Head.now(view.collection, scan.id, view.threshold)
    known = _known(_about(view, now, found, wish, head, sides))
    if len(known.effects) > MOST:
        known.effects.clear()
    cut = cached.cut(found, view.threshold, Strictness.COMPONENT if sides else view.strictness)
    cut = sides.groups(cut) if sides else cut
    read = partial(_read, view, scan, cut, cached.edits(found), sides, fresh=fresh)
    return Preview(cut, wish, head, read, scope, EXACT, known)


def _about(
    view: View, now: CollectionNow, found: ScanMatches, wish: Wish, head: Head, sides: FolderSides | None
) -> str:
    """All on which the effect of a wish on a group depends."""
    rules, facts = (
        None if given is None else sorted((str(name), str(rule)) for name, rule in given.items())
        for given in (wish.merge, wish.facts)
    )
    return json.dumps([
        now.state, printable(found.scan.folder), found.version,
        view.decisions_now.version, wish.action, wish.policy.to_json(), rules,
        wish.link_field, head.roots, sides and (sides.folder, sides.other), facts, wish.into_file,
        wish.best_pixels,
        wish.partners is not None,
    ])  # fmt: skip


def _known(about: str) -> Known:
    return _worked_out(about)[1]


@st.cache_resource(max_entries=12, show_spinner=False)
def _worked_out(about: str) -> tuple[str, Known]:
    """What this says, and what was worked out for it so far: it is filled by the preview."""
    return about, Known()


def _read(
    view: View,
    scan: StoredScan,
    cut: Cut,
    edits: MatchEdits,
    sides: FolderSides | None,
    numbers: Sequence[int],
    *,
    fresh: bool,
) -> list[GroupToClear]:
    """Groups with the records of their images as they are now: the scan's own where nothing changed since."""
    ids = [image_id for number in numbers for image_id in cut.members(number)]
    records = cached.records(scan, ids) if fresh else view.collection.records(ids)
    by_id = dict(zip(ids, records, strict=True))
    groups = groups_of_cut(cut, numbers, by_id, view.collection.name, view.decisions, edits)
    if sides is None:
        return groups
    return [sides.narrowed(group, view.decisions, view.collection.name) for group in groups]
