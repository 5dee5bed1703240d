"""Open collections, shared by all sessions and the picture routes; who may change one is asked elsewhere."""

from __future__ import annotations

from dataclasses import astuple

import streamlit as st

from dupedash.collection import WritableCollection
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.images.files import printable


def _folder(workspace: Workspace) -> str:
    return printable(workspace.root)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Connection: astuple, Workspace: _folder})
def opened(connection: Connection, workspace: Workspace) -> WritableCollection:
    """The collection behind a connection, opened once. Raises CollectionError, ConfigError."""
    return connect(connection, workspace)
