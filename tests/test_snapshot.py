"""A view that follows the commits step by step is the one that would be made anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dupedash.embedded.describe.analysis import analyze
from dupedash.embedded.store.documents import Entry, FileStamp
from dupedash.embedded.store.snapshot import Snapshot, Snapshots
from dupedash.embedded.store.store import Store
from tests.pictures import as_file, scene

FLAT = replace(analyze(as_file(scene(1, 64, 48))), skipped="too flat")

IDS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), IDS, st.sampled_from("012")),
        st.tuples(st.sampled_from(("remove", "hide", "show", "label", "move", "look")), IDS, st.just("")),
        st.tuples(st.just("clear"), st.just(""), st.just("")),
    ),
    max_size=12,
)


def take(store: Store, step: str, image_id: str, picture: str) -> None:
    path = image_id.encode()
    match step:
        case "put":
            shown = replace(FLAT, content=picture * 64, pixels=picture * 64)
            assert store.put([Entry(image_id, image_id, shown, {}, FileStamp(path, 1, 1))]) == []
        case "remove":
            store.remove([image_id])
        case "hide":
            store.hide({image_id: "gone"})
        case "show":
            store.hide({image_id: None})
        case "move":
            store.relocate({image_id: FileStamp(path + b" moved", 1, 2)}, {})
        case "label":
            store.set_fields({image_id: {"label": "x"}})
        case "clear":
            store.clear()


def plain(view: Snapshot) -> tuple[object, ...]:
    return view.sequence, dict(view.members), dict(view.pictures), view.segments


@given(STEPS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_view_follows_every_change(tmp_path_factory: pytest.TempPathFactory, steps):
    store = Store(tmp_path_factory.mktemp("c"))
    following = Snapshots(store)
    for step in steps:
        take(store, *step)
        if step[0] == "look":
            following.now()
    assert plain(following.now()) == plain(Snapshots(store).now())
    store.close()
