"""Files to take away: each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dupedash.collection import Collection
from dupedash.errors import DupedashError
from dupedash.scans import StoredScan
from dupedash.system.utf8 import encoded
from dupedash.ui.state import View


def button(scan: StoredScan, name: str, kind: str, make: Callable[[], str], label: str) -> None:
    """Downloads what `make` gives, as a file of this name and MIME type."""
    st.download_button(
        label, lambda: encoded(make()), f"dupedash-{scan.id}-{name}", kind, key=f"get-{name}",
        on_click="ignore", width="stretch",
    )  # fmt: skip


def thumbnails(view: View) -> Callable[[str], bytes | None]:
    """The thumbnail of an image, None where it cannot be had: a file of an old scan stays whole."""
    return thumbnail_of(view.collection)  # asked for here: a report asks for thumbnails in its own threads


def thumbnail_of(collection: Collection) -> Callable[[str], bytes | None]:
    """The same of any collection."""

    def thumbnail(image_id: str) -> bytes | None:
        try:
            return collection.thumbnail(image_id)
        except DupedashError:
            return None

    return thumbnail
