"""Open collections and what they answered, shared by all sessions and the picture routes.

Who may change one is asked elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

import streamlit as st

from dupedash.collection import Rooted, WritableCollection
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.images.files import printable
from dupedash.model import FieldInfo, ValueCount
from dupedash.query.restate import names_now

ASKED_AGAIN = 10
"""Seconds for which the answers of a server hold, and those to filters with NOW; a collection here tells when
it has changed."""


@dataclass(frozen=True, slots=True)
class CollectionNow:
    """A collection in the state it is in: an answer holds until that changes."""

    connection: Connection
    workspace: Workspace
    state: str

    def open(self) -> WritableCollection:
        """The collection itself. Raises CollectionError, ConfigError."""
        return open_collection(self.connection, self.workspace)


def collection_key(now: CollectionNow) -> str:
    """What a cache knows it by."""
    return repr((*map(str, astuple(now.connection)), printable(now.workspace.root), now.state))


_KEYS: dict[str | type[Any], Any] = {
    CollectionNow: collection_key,
    Connection: astuple,
    Workspace: lambda workspace: printable(workspace.root),
}


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=_KEYS)
def open_collection(connection: Connection, workspace: Workspace) -> WritableCollection:
    """The collection behind a connection, opened once. Raises CollectionError, ConfigError."""
    return connect(connection, workspace)


def collection_now(connection: Connection, workspace: Workspace) -> CollectionNow:
    """The collection for questions that every rerun asks; a server is asked anew after a while."""
    collection = open_collection(connection, workspace)
    here = isinstance(collection, Rooted)
    state = collection.state() if here else str(int(time.monotonic() // ASKED_AGAIN))
    return CollectionNow(connection, workspace, state)


def count(now: CollectionNow, fq: tuple[str, ...]) -> int:
    """How many images the filters admit. Raises QueryError, CollectionError."""
    return _count(now, fq, _moment(fq))


def ids(now: CollectionNow, fq: tuple[str, ...]) -> list[str]:
    """The ids that the filters admit, sorted. Raises QueryError, CollectionError."""
    return _ids(now, fq, _moment(fq))


def _moment(fq: tuple[str, ...]) -> int:
    """What an answer holds for beside the collection's state, where the filters ask for NOW."""
    return int(time.monotonic() // ASKED_AGAIN) if names_now(fq) else 0


@st.cache_data(ttl=600, max_entries=500, show_spinner=False, hash_funcs=_KEYS)
def _count(now: CollectionNow, fq: tuple[str, ...], moment: int) -> int:  # noqa: ARG001 (a part of the key)
    return now.open().count(fq)


@st.cache_resource(ttl=600, max_entries=8, show_spinner=False, hash_funcs=_KEYS)
def _ids(now: CollectionNow, fq: tuple[str, ...], moment: int) -> list[str]:  # noqa: ARG001 (a part of the key)
    return now.open().ids(fq)


@st.cache_data(ttl=600, max_entries=500, show_spinner=False, hash_funcs=_KEYS)
def fields(now: CollectionNow) -> Mapping[str, FieldInfo]:
    """The fields that a filter may name. Raises CollectionError."""
    return now.open().fields()


@st.cache_data(ttl=600, max_entries=500, show_spinner=False, hash_funcs=_KEYS)
def values(now: CollectionNow, field: str) -> list[ValueCount]:
    """The most frequent values of a field. Raises CollectionError."""
    return now.open().values(field)


def forget_answers() -> None:
    """After a change: ask anew."""
    for cache in (_count, _ids, fields, values):
        cache.clear()
