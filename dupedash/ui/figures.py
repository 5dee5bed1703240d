"""Figures of a scan at a threshold that need the sizes of its files."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from dupedash.groups.graph import Cut
from dupedash.images.files import printable
from dupedash.scans import StoredScan
from dupedash.ui.state import View, scan_version

Bytes = npt.NDArray[np.int64]


def bytes_to_gain(cut: Cut, sizes: Bytes) -> int:
    """Freed if each group kept only its largest file. `sizes`: per image of `matches.ids`, 0: unknown."""
    if not len(cut):
        return 0
    grouped = cut.label >= 0
    labels, of_image = cut.label[grouped], sizes[grouped]
    largest = np.zeros(len(cut), np.int64)
    np.maximum.at(largest, labels, of_image)
    return int(of_image.sum() - largest.sum())


def sizes_of(scan: StoredScan, ids: tuple[str, ...]) -> Bytes:
    """Bytes of these images' files as they were scanned, 0 where unknown; read once per scan."""
    return _sizes(printable(scan.folder), scan_version(scan), scan, ids)


@st.cache_resource(max_entries=6, show_spinner=False)
def _sizes(folder: str, version: str, _scan: StoredScan, _ids: tuple[str, ...]) -> Bytes:  # noqa: ARG001
    images = _scan.images()
    known = images.set_index("id")["bytes"].reindex(list(_ids)).fillna(0)
    sizes: Bytes = known.to_numpy().astype(np.int64)
    return sizes


def gain(view: View) -> int:
    """Bytes to gain at the chosen threshold."""
    if view.scan is None:
        return 0
    return bytes_to_gain(view.cut, sizes_of(view.scan, view.graph.matches.ids))
