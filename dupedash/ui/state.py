"""What a page works with: who is here, which collection, scan and threshold; and the caches behind it.

Everything that tells one visitor from another lives in the URL and in `st.session_state`, nothing in globals.
The keys of the shared widgets are their names in the URL.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from dupedash.collection import Collection, Rooted, WritableCollection
from dupedash.config import Settings, Workspace, settings
from dupedash.connect import Connection, Connections
from dupedash.errors import DupedashError, Forbidden
from dupedash.groups.graph import Cut, DuplicateGraph, Matches, Strictness
from dupedash.images.files import printable
from dupedash.jobs import Job, Jobs
from dupedash.model import FieldInfo, ValueCount
from dupedash.review import ReviewStore
from dupedash.scans import ScanStatus, ScanStore, StoredScan, may_be_of
from dupedash.ui.collections import opened
from dupedash.ui.door import access
from dupedash.ui.door.access import Role
from dupedash.ui.review import decisions

COLLECTION, SCAN, THRESHOLD, STRICTNESS = "collection", "scan", "t", "grouping"
"""Keys of the shared widgets, in the session and in the URL."""

WANTED, WANTED_COLLECTION, THRESHOLD_WANTED = "scan.wanted", "collection.wanted", "t.wanted"
"""Set by a page to change a choice: the widgets themselves are drawn before the page."""

LATEST = "latest"
"""The choice of scan that follows the collection's newest one."""

ASKED_AGAIN = 10
"""Seconds for which the answers of a server hold; a collection here tells when it has changed."""

FLOOR, NEAR, EXACT = 0.5, 0.70, 0.95
"""Lowest threshold of the slider; the two presets of Flow's documentation."""

PRESETS = {"Exact duplicates only": EXACT, "Near-duplicates": NEAR}
"""The presets by the names that the documentation gives them."""


@dataclass(frozen=True)
class View:
    """What this visitor looks at. Nothing is loaded before it is asked for.

    settings    of the instance; read-only for a viewer, and every service that writes asks them
    connection  the chosen collection's, None where there is no collection at all
    scans       the collection's stored scans, newest first
    scan        the chosen one, None where there is none
    """

    settings: Settings
    role: Role
    connection: Connection | None
    scans: tuple[StoredScan, ...]
    scan: StoredScan | None
    threshold: float
    strictness: Strictness

    @property
    def editor(self) -> bool:
        """May this visitor change things? For what to offer; the services decide."""
        return self.role is Role.EDITOR

    @cached_property
    def collection(self) -> Collection:
        """The chosen collection. Raises CollectionError."""
        if self.connection is None:
            raise LookupError("no collection: pages that need one are not shown without")
        return opened(self.connection, self.settings.workspace)

    def writable(self) -> WritableCollection:
        """The chosen collection, to be changed. Raises Forbidden for viewers."""
        self.settings.must_write()
        if self.connection is None:
            raise LookupError("no collection: pages that need one are not shown without")
        return opened(self.connection, self.settings.workspace)

    def count(self, *fq: str) -> int:
        """How many images the filters admit. Raises QueryError, CollectionError."""
        return _count(self._key, fq, self.collection)

    def ids(self, *fq: str) -> list[str]:
        """The ids that the filters admit, sorted. Raises QueryError, CollectionError."""
        return _ids(self._key, fq, self.collection)

    def forget_answers(self) -> None:
        """After a change: ask anew."""
        for cache in (_count, _ids, _fields, _values):
            cache.clear()

    def fields(self) -> Mapping[str, FieldInfo]:
        """The fields that a filter may name. Raises CollectionError."""
        return _fields(self._key, self.collection)

    def values(self, field: str) -> list[ValueCount]:
        """The most frequent values of a field. Raises CollectionError."""
        return _values(self._key, field, self.collection)

    @property
    def _key(self) -> tuple[str, ...]:
        """Who gave the answers, and in which state it was; a server is asked anew after a while."""
        if self.connection is None:
            return ()
        here = isinstance(self.collection, Rooted)
        now = self.collection.state() if here else str(int(time.monotonic() // ASKED_AGAIN))
        return (*map(str, astuple(self.connection)), now)

    @property
    def store(self) -> ScanStore:
        """The stored scans, to be read."""
        return ScanStore(self.settings.workspace.scans)

    def writable_scans(self) -> ScanStore:
        """The stored scans, to be changed. Raises Forbidden for viewers."""
        self.settings.must_write()
        return self.store

    @property
    def connections(self) -> Connections:
        """All collections that this instance knows; a viewer's does not let itself be changed."""
        return Connections(self.settings.workspace)

    def writable_reviews(self) -> ReviewStore:
        """The decisions, to be added to. Raises Forbidden for viewers."""
        self.settings.must_write()
        return ReviewStore(self.settings.workspace.reviews)

    @property
    def jobs(self) -> Jobs:
        """The background work; a viewer's lets nothing be started or stopped."""
        return Jobs(self.settings.workspace)

    def start(self, kind: str, arguments: Mapping[str, Any]) -> Job:
        """Start a job, or join it where it runs already. Raises Forbidden for viewers."""
        return self.jobs.start(kind, arguments)

    def stop(self, job_id: str) -> None:
        """Ask a job to stop. Raises Forbidden for viewers."""
        self.jobs.stop(job_id)

    def cut_of(self, scan: StoredScan) -> Cut:
        """The groups of another scan at the same threshold. Raises ScanError."""
        return cut_of(scan, self.threshold, self.strictness)

    def require_scan(self) -> StoredScan:
        """The chosen scan, on pages that are not shown without one."""
        if self.scan is None:
            raise LookupError("no scan: pages that need one are not shown without")
        return self.scan

    @cached_property
    def graph(self) -> DuplicateGraph:
        """All matches of the scan. Raises ScanError."""
        return graph_of(self.require_scan())

    @cached_property
    def cut(self) -> Cut:
        """The groups at the threshold. Raises ScanError."""
        return cut_of(self.require_scan(), self.threshold, self.strictness)


def current() -> View:
    """This visitor's view, from the session. Raises Forbidden for someone without access."""
    role = current_role()
    instance = settings()
    connection = chosen_connection(instance.workspace)
    scans = stored_scans(instance.workspace, connection)
    return View(
        settings=instance if role is Role.EDITOR else instance.for_viewer(),
        role=role,
        connection=connection,
        scans=scans,
        scan=chosen_scan(scans),
        threshold=float(st.session_state.get(THRESHOLD) or NEAR),
        strictness=Strictness(st.session_state.get(STRICTNESS) or Strictness.COMPONENT),
    )


def current_role() -> Role:
    """From the cookie, by the same rule as the guard before the pages."""
    rule = access.current()
    role = rule.role(st.context.cookies.get(rule.cookie))
    if role is None:
        raise Forbidden("Your access has ended. Ask for a new link.")
    return role


def chosen_connection(workspace: Workspace) -> Connection | None:
    """The one chosen in the sidebar, else the one that changed last."""
    connections, name = Connections(workspace), st.session_state.get(COLLECTION)
    known = {c.name: c for c in connections.list()}
    return known.get(str(name)) or connections.newest()


def stored_scans(workspace: Workspace, connection: Connection | None) -> tuple[StoredScan, ...]:
    """The collection's scans, newest first."""
    if connection is None:
        return ()
    scans = [scan for scan in ScanStore(workspace.scans).list() if scan.collection == connection.name]
    try:
        collection = opened(connection, workspace) if scans else None
    except DupedashError:  # the page that asks the collection says what is wrong with it
        collection = None
    return tuple(scan for scan in scans if collection is None or may_be_of(scan, collection))


def chosen_scan(scans: tuple[StoredScan, ...]) -> StoredScan | None:
    """The one chosen in the sidebar, else the newest that is finished, else the newest."""
    wanted = st.session_state.get(SCAN)
    return next((scan for scan in scans if scan.id == wanted), None) or latest(scans)


def latest(scans: tuple[StoredScan, ...]) -> StoredScan | None:
    """The newest scan that is finished; where there is none, the newest."""
    finished = (scan for scan in scans if scan.status is ScanStatus.DONE)
    return next(finished, scans[0] if scans else None)


# A page asks the same at every rerun, a collection is asked once. The unused arguments are the caches' keys.
@st.cache_data(ttl=600, max_entries=500, show_spinner=False)
def _count(name: tuple[str, ...], fq: tuple[str, ...], _collection: Collection) -> int:  # noqa: ARG001
    return _collection.count(fq)


@st.cache_resource(ttl=600, max_entries=8, show_spinner=False)
def _ids(name: tuple[str, ...], fq: tuple[str, ...], _collection: Collection) -> list[str]:  # noqa: ARG001
    return _collection.ids(fq)


@st.cache_data(ttl=600, max_entries=500, show_spinner=False)
def _fields(name: tuple[str, ...], _collection: Collection) -> Mapping[str, FieldInfo]:  # noqa: ARG001
    return _collection.fields()


@st.cache_data(ttl=600, max_entries=500, show_spinner=False)
def _values(name: tuple[str, ...], field: str, _collection: Collection) -> list[ValueCount]:  # noqa: ARG001
    return _collection.values(field)


def graph_of(scan: StoredScan) -> DuplicateGraph:
    """The matches of a scan that nobody rejected; a scan that is still running is read anew as it grows."""
    version, matches = decisions.matches(scan, scan_version(scan), settings().workspace)
    return _graph(printable(scan.folder), version, matches)


def cut_of(scan: StoredScan, threshold: float, strictness: Strictness) -> Cut:
    """The groups of a scan at a threshold, cut once."""
    version, matches = decisions.matches(scan, scan_version(scan), settings().workspace)
    return _cut(printable(scan.folder), version, threshold, strictness.value, matches)


def unjudged_cut(scan: StoredScan, threshold: float, strictness: Strictness) -> Cut:
    """The groups as they were before anybody decided: how far a review is, is measured on them."""
    version = scan_version(scan)
    found = decisions.unjudged(scan, version)
    return _cut(printable(scan.folder), f"{version}{decisions.ALL}", threshold, strictness.value, found)


def graph_version(scan: StoredScan) -> str:
    """Changes whenever the matches may have changed: the scan grew, or somebody decided."""
    return decisions.matches(scan, scan_version(scan), settings().workspace)[0]


@st.cache_resource(max_entries=12, show_spinner=False)
def _graph(folder: str, version: str, _matches: Matches) -> DuplicateGraph:  # noqa: ARG001  (they are the key)
    return DuplicateGraph(_matches)


@st.cache_resource(max_entries=48, show_spinner=False)
def _cut(folder: str, version: str, threshold: float, strictness: str, _matches: Matches) -> Cut:
    return _graph(folder, version, _matches).cut(threshold, Strictness(strictness))


def scan_version(scan: StoredScan) -> str:
    """Changes whenever the matches may have changed; an unfinished scan grows by parts."""
    parts = sum(1 for _ in scan.folder.glob("parts/*.parquet")) if scan.status is not ScanStatus.DONE else 0
    return f"{scan.status}-{scan.stats.matches}-{scan.finished}-{parts}"
