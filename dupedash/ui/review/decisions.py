"""Decisions as the pages see them: loaded once a change, and taken out of a scan's matches."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import streamlit as st

from dupedash.config import Workspace
from dupedash.groups.graph import Matches
from dupedash.images.files import path_of, printable
from dupedash.review import Decisions, ImageKey, ReviewStore, apply_decisions
from dupedash.scans import StoredScan
from dupedash.ui.scan_data import images_of

UNJUDGED = "none"
ALL = "-all"
"""Ends the version of matches of which none was rejected."""


def version(workspace: Workspace) -> str:
    """Changes with every decision. Raises ConfigError."""
    # A look at a workspace without decisions writes nothing.
    return ReviewStore(workspace.reviews).version() if workspace.reviews.exists() else UNJUDGED


def decisions(workspace: Workspace) -> Decisions:
    """All current decisions. Raises ConfigError."""
    return _decisions(printable(workspace.reviews), version(workspace))


@st.cache_resource(max_entries=4, show_spinner=False)
def _decisions(path: str, version: str) -> Decisions:
    return Decisions() if version == UNJUDGED else ReviewStore(path_of(path)).load()


def keys_of(scan: StoredScan, workspace: Workspace) -> Mapping[str, ImageKey]:
    """id → key, of those images of the scan that some decision is about. Raises ConfigError, ScanError."""
    now = version(workspace)
    return _keys(printable(scan.folder), printable(workspace.reviews), now, scan)


@st.cache_resource(max_entries=6, show_spinner=False)
def _keys(folder: str, path: str, version: str, _scan: StoredScan) -> Mapping[str, ImageKey]:  # noqa: ARG001
    known = {part for decision in _decisions(path, version) for image in decision.images
             for part in (image.content, image.pixels)} - {""}  # fmt: skip
    if not known:
        return {}
    images, prefix = images_of(_scan), f"id:{_scan.collection}:"
    by_id = images.index.isin([key.removeprefix(prefix) for key in known if key.startswith(prefix)])
    rows = images[images["content"].isin(known) | images["pixels"].isin(known) | by_id]
    return {
        str(image_id): ImageKey(content, pixels or "") if content else ImageKey(prefix + str(image_id))
        for image_id, content, pixels in zip(rows.index, rows["content"], rows["pixels"], strict=True)
    }


def unjudged(scan: StoredScan, scan_version: str) -> Matches:
    """The matches as the scan found them, whatever was decided. Raises ScanError."""
    return _found(printable(scan.folder), scan_version, scan)


def matches(scan: StoredScan, scan_version: str, workspace: Workspace) -> tuple[str, Matches]:
    """The matches without those that were rejected, and a name that changes whenever they do.

    Raises ConfigError, ScanError.
    """
    folder, reviews = printable(scan.folder), printable(workspace.reviews)
    return _judged(folder, scan_version, reviews, version(workspace), scan)


@st.cache_resource(max_entries=6, show_spinner="Reading the scan …")
def _found(folder: str, scan_version: str, _scan: StoredScan) -> Matches:  # noqa: ARG001
    return _scan.matches()


@st.cache_resource(max_entries=12, show_spinner=False)
def _judged(
    folder: str, scan_version: str, path: str, version: str, _scan: StoredScan
) -> tuple[str, Matches]:
    found = _found(folder, scan_version, _scan)
    keys = _keys(folder, path, version, _scan)
    kept = apply_decisions(found, keys, _decisions(path, version)) if keys else found
    if kept is found:
        return f"{scan_version}{ALL}", found
    digest = hashlib.sha256(kept.a.tobytes() + kept.b.tobytes()).hexdigest()[:16]
    return f"{scan_version}-{digest}", kept
