"""The dashboard over a made-up large scan: what it reads and sends stays small, whatever the size."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dupedash.actions import Scope
from dupedash.bench.large import Large, Size, make
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.groups.curves import curves, explosion
from dupedash.groups.graph import DuplicateGraph
from dupedash.network import build
from dupedash.network.legend import legend
from dupedash.scans import ImageRows
from dupedash.ui.clear import page as clearview
from dupedash.ui.clear import plan_view
from dupedash.ui.door import access
from dupedash.ui.review import huge
from dupedash.ui.shared import group_rows
from tests.app_pages import opened

SIZE = Size(images=2000, groups=200, matches=6000, chains=(120, 50), decisions=20)
ENOUGH = 150
"""Records: more than any page shows, far less than there are."""


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Large:
    return make(tmp_path_factory.mktemp("large") / "data", SIZE)


@pytest.fixture(autouse=True)
def workspace(large, monkeypatch):
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DUPEDASH_DATA", str(large.workspace.root))
    _forget()
    yield
    _forget()


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    """How many records each reading asked for, from the collection and from the scan."""
    counts: list[int] = []
    for kind in (EmbeddedCollection, ImageRows):
        monkeypatch.setattr(kind, "records", _counting(kind.records, counts))
    return counts


def _counting(records, counts: list[int]):
    def counted(self, ids):
        wanted = list(ids)
        counts.append(len(wanted))
        return records(self, wanted)

    return counted


def said(at: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*at.title, *at.caption, *at.markdown, *at.subheader))


def drawn(at: AppTest, name: str) -> list[str]:
    return [html.proto.body for html in at.get("html") if f'class="{name}"' in html.proto.body]


def test_the_workspace_is_what_was_asked_for(large):
    cut = DuplicateGraph(large.scan.matches()).cut(0.7)
    assert (len(cut), large.scan.stats.matches) == (SIZE.groups, SIZE.matches)
    assert cut.sizes[:2].tolist() == list(SIZE.chains)
    assert [cut.find(image) for image in large.chains] == [0, 1]
    assert cut.sizes[cut.find(large.small)] == 3
    collection = EmbeddedCollection(large.workspace.collection(large.scan.collection))
    record = collection.records([large.small])[0]
    assert Path(record.location).stat().st_size
    assert collection.thumbnail(large.small)
    assert collection.state() == large.scan.state
    collection.close()


@pytest.mark.parametrize(
    "page",
    ["overview", "scan", "explore", "graph", "groups", "folders", "share", "check", "collection",
     "connections"],
)  # fmt: skip
def test_a_page_reads_no_more_records_than_it_shows(page, asked):
    opened(page)
    assert sum(asked) <= ENOUGH


def test_the_list_sends_one_page_of_groups_and_a_few_pictures_of_each():
    at = opened("groups")
    strips = drawn(at, "dd-strip")
    assert len(strips) == group_rows.PER_PAGE
    assert max(strip.count("<img") for strip in strips) == group_rows.STRIP
    assert f"{SIZE.groups} groups" in said(at)


def test_a_moved_threshold_asks_neither_engine_nor_store_for_images(monkeypatch):
    at = opened("groups")
    for name in ("records", "ids", "duplicates", "analyze", "join"):
        monkeypatch.setattr(EmbeddedCollection, name, _refused)
    at.slider(key="t").set_value(0.8).run()
    assert not at.exception
    assert "with" in said(at)


def _refused(*_args, **_named):
    raise AssertionError("a threshold is only a view")


def test_of_a_moved_threshold_the_plan_looks_only_at_groups_that_changed(asked, large):
    at = opened("clear")
    graph = DuplicateGraph(large.scan.matches())
    assert sum(asked) >= graph.cut(0.7).images
    asked.clear()
    at.slider(key="t").set_value(0.74).run()
    assert 0 < sum(asked) < graph.cut(0.74).images * 0.7
    asked.clear()
    at.slider(key="t").set_value(0.7).run()
    assert sum(asked) <= ENOUGH


def test_what_the_plan_comes_to_is_the_same_however_it_was_worked_out(monkeypatch):
    at = opened("clear")
    whole = [metric.value for metric in at.metric], said(at)
    _forget()
    monkeypatch.setattr(clearview, "AT_ONCE", 0)
    monkeypatch.setattr(clearview, "BATCH", 7)
    at = opened("clear")
    assert ([metric.value for metric in at.metric], said(at)) == whole
    at.slider(key="t").set_value(0.8).run()
    moved = [metric.value for metric in at.metric], said(at)
    _forget()
    monkeypatch.setattr(clearview, "AT_ONCE", 1_000_000)
    at = opened("clear", t="0.8")
    assert ([metric.value for metric in at.metric], said(at)) == moved


def test_of_a_planned_group_a_page_shows_a_few_images_and_counts_the_rest():
    at = opened("clear")
    at.selectbox(key="clear.scope").set_value(Scope.ALL).run()
    figures = drawn(at, "dd-plan")
    assert len(figures) == plan_view.PER_PAGE
    assert max(body.count("<figure") for body in figures) == plan_view.SHOWN


def test_a_group_that_weak_matches_ran_together_says_so_and_shows_its_images_in_pages(
    large, asked, monkeypatch
):
    monkeypatch.setattr(huge, "IMAGES", 1000)
    at = opened("group", t="0.5", group=large.small)
    assert "Too large to be one picture" in said(at)
    assert sum(asked) <= ENOUGH
    at.button(key="huge-threshold").click().run()
    assert not at.exception
    assert "Too large" not in said(at)


def test_of_a_huge_group_the_graph_draws_the_best_matches(large, monkeypatch):
    monkeypatch.setattr(sys.modules[build.__module__], "IMAGES_PER_GROUP", 50)
    cut = DuplicateGraph(large.scan.matches()).cut(0.5)
    assert cut.sizes[0] > 500
    network = build(cut, [0], {})
    ids = {node["id"] for node in network.nodes}
    assert len(ids) == 50
    assert network.edges
    assert all({edge["from"], edge["to"]} <= ids for edge in network.edges)


def test_the_graph_page_says_how_many_images_of_a_huge_group_it_draws_and_how_to_read_it(monkeypatch):
    monkeypatch.setattr("dupedash.ui.graph.page.IMAGES_PER_GROUP", 50)
    shown = "".join(drawn(opened("graph", t="0.5"), "dd-legend"))
    assert re.search(r"of [\d,]+ images the 50 with the best matches", shown)
    assert legend() in shown


def test_the_made_up_groups_run_together_where_the_curves_say_so(large):
    assert explosion(curves(DuplicateGraph(large.scan.matches()), 0.5)) is not None
