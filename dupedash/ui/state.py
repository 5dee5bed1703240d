"""What a page works with: who is here, which collection, scan and threshold.

Everything that tells one visitor from another lives in the URL and in `st.session_state`, nothing in globals.
The keys of the shared widgets are their names in the URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from dupedash.actions import FolderSides
from dupedash.collection import Collection, Rooted, WritableCollection
from dupedash.config import Settings, Workspace, settings
from dupedash.connect import Connection, Connections
from dupedash.errors import CollectionError, DupedashError, Forbidden
from dupedash.folders import FolderLists, SharedFolders, Shelf
from dupedash.groups.graph import Cut, DuplicateGraph, Strictness
from dupedash.groups.table import GroupTable
from dupedash.jobs import Job, Jobs
from dupedash.model import EXACT, NEAR, USUAL, FieldInfo, PairKind, ValueCount
from dupedash.review import Decisions, ReviewStore
from dupedash.scans import ScanStatus, ScanStore, StoredScan, may_be_of
from dupedash.ui import cached, collections
from dupedash.ui.cached import DecisionsNow, ScanMatches
from dupedash.ui.collections import CollectionNow, open_collection
from dupedash.ui.door import access
from dupedash.ui.door.access import Role

COLLECTION, SCAN, THRESHOLD, STRICTNESS, KINDS = "collection", "scan", "t", "grouping", "kinds"
"""Keys of the shared widgets, in the session and in the URL."""

WANTED, WANTED_COLLECTION, THRESHOLD_WANTED = "scan.wanted", "collection.wanted", "t.wanted"
"""Set by a page to change a choice: the widgets themselves are drawn before the page."""

GROUPING = {Strictness.COMPONENT: "Linked", Strictness.COMPLETE: "Complete"}
"""Labels of the grouping; they are what stands in the URL."""

PRESETS = {"Exact duplicates only": EXACT, "Near-duplicates": NEAR}
"""The presets by the names that the documentation gives them."""


@dataclass(frozen=True)
class View:
    """What this visitor looks at. Nothing is loaded before it is asked for.

    settings    of the instance; read-only for a viewer, and every service that writes asks them
    connection  the chosen collection's, None where there is no collection at all
    scans       the collection's stored scans, newest first
    scan        the chosen one, None where there is none
    kinds       those of the pairs that form groups
    """

    settings: Settings
    role: Role
    connection: Connection | None
    scans: tuple[StoredScan, ...]
    scan: StoredScan | None
    threshold: float
    strictness: Strictness
    kinds: tuple[PairKind, ...] = USUAL

    @property
    def editor(self) -> bool:
        """May this visitor change things? For what to offer; the services decide."""
        return self.role is Role.EDITOR

    @cached_property
    def collection(self) -> Collection:
        """The chosen collection. Raises CollectionError."""
        return open_collection(self.require_connection(), self.settings.workspace)

    @property
    def now(self) -> CollectionNow:
        """The chosen collection for what every rerun asks. Raises CollectionError."""
        return collections.collection_now(self.require_connection(), self.settings.workspace)

    def names(self) -> dict[str, str]:
        """What every address names: the collection and the scan, "" where there is none."""
        return {
            COLLECTION: self.connection.name if self.connection else "",
            SCAN: self.scan.id if self.scan else "",
        }

    def require_connection(self) -> Connection:
        """The chosen collection's, on pages that are not shown without one."""
        if self.connection is None:
            raise LookupError("no collection: pages that need one are not shown without")
        return self.connection

    def writable(self) -> WritableCollection:
        """The chosen collection, to be changed. Raises Forbidden for viewers."""
        self.settings.must_write()
        return open_collection(self.require_connection(), self.settings.workspace)

    def count(self, *fq: str) -> int:
        """How many images the filters admit. Raises QueryError, CollectionError."""
        return collections.count(self.now, fq)

    def ids(self, *fq: str) -> list[str]:
        """The ids that the filters admit, sorted. Raises QueryError, CollectionError."""
        return collections.ids(self.now, fq)

    def forget_answers(self) -> None:
        """After a change: ask anew."""
        collections.forget_answers()

    def fields(self) -> Mapping[str, FieldInfo]:
        """The fields that a filter may name. Raises CollectionError."""
        return collections.fields(self.now)

    def values(self, field: str) -> list[ValueCount]:
        """The most frequent values of a field. Raises CollectionError."""
        return collections.values(self.now, field)

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

    def matches_of(self, scan: StoredScan) -> ScanMatches:
        """The matches of a scan that nobody rejected, between images that are still there. Raises ScanError,
        ConfigError."""
        return self.still_there(cached.matches(scan, self.decisions_now, self.kinds))

    def still_there(self, found: ScanMatches) -> ScanMatches:
        """Without images that left the collection since the scan. A server is not asked for all its ids, and
        of a collection that cannot be read its scans are shown as they are."""
        now = self._changed_since(found.scan)
        return cached.still_there(found, now) if now else found

    def _changed_since(self, scan: StoredScan) -> CollectionNow | None:
        """The collection, where its images are other ones by now."""
        try:
            now, here = self.now, isinstance(self.collection, Rooted)
            return now if here and now.state != scan.state else None
        except CollectionError:  # the pages that ask the collection say what is wrong with it
            return None

    @property
    def shelf(self) -> Shelf:
        """The images of the chosen scan in their folders. Raises ScanError."""
        return cached.shelf(*self._folders)

    def shared_folders(self) -> Sequence[SharedFolders]:
        """The folders that share images at the threshold. Raises ScanError."""
        return cached.shared(*self._folders)

    def folder_lists(self, folder: str, other: str) -> FolderLists:
        """The images of a folder. Raises ConfigError, ScanError."""
        return cached.folder_lists(*self._folders, folder, other)

    def folder_sides(self, folder: str, other: str) -> FolderSides:
        """What goes and what stays where it is cleared. Raises ConfigError, ScanError."""
        return cached.folder_sides(*self._folders, folder, other)

    @property
    def _folders(self) -> tuple[ScanMatches, float, CollectionNow | None]:
        return self.matches, self.threshold, self._changed_since(self.require_scan())

    def cut_of(self, scan: StoredScan) -> Cut:
        """The groups of another scan at the same threshold. Raises ScanError."""
        return cached.cut(self.matches_of(scan), self.threshold, self.strictness)

    def require_scan(self) -> StoredScan:
        """The chosen scan, on pages that are not shown without one."""
        if self.scan is None:
            raise LookupError("no scan: pages that need one are not shown without")
        return self.scan

    @cached_property
    def matches(self) -> ScanMatches:
        """The matches of the chosen scan that nobody rejected. Raises ScanError, ConfigError."""
        return self.matches_of(self.require_scan())

    @cached_property
    def graph(self) -> DuplicateGraph:
        """The same as a graph. Raises ScanError."""
        return cached.graph(self.matches)

    @cached_property
    def cut(self) -> Cut:
        """The groups at the threshold. Raises ScanError."""
        return self.cut_of(self.require_scan())

    @cached_property
    def table(self) -> GroupTable:
        """Their figures. Raises ScanError."""
        return cached.group_table(self.matches, self.threshold, self.strictness)

    @property
    def decisions(self) -> Decisions:
        """What people decided so far. Raises ConfigError."""
        return cached.decisions(self.decisions_now)

    @property
    def decisions_now(self) -> DecisionsNow:
        """The same before they are read. Raises ConfigError."""
        return cached.decisions_now(self.settings.workspace)


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
        kinds=chosen_kinds(st.session_state.get(KINDS) or ()),
    )


def chosen_kinds(names: Sequence[str]) -> tuple[PairKind, ...]:
    """The kinds of pairs of which groups are formed; where none is chosen, all duplicates."""
    return tuple(kind for kind in PairKind if kind.value in names) or USUAL


def current_role() -> Role:
    """From the cookie, by the same rule as the guard before the pages. Raises Forbidden."""
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
        collection = open_collection(connection, workspace) if scans else None
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
