"""The self-test: copies of the user's own images are found or told as missed, and nothing is written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as strategies

from dupedash.cli import main
from dupedash.connect import Connection, connect
from dupedash.errors import Cancelled, ConfigError
from dupedash.model import Hit, Hits
from dupedash.selftest import SelfTest, Trial, keep, kept, run_selftest
from dupedash.selftest.changed import CHANGES
from dupedash.ui.door import access
from tests import workspaces
from tests.app_pages import opened
from tests.pictures import as_file, scene

SHORT = CHANGES[:4]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    root = tmp_path_factory.mktemp("selftest")
    made = workspaces.fill(root / "data", workspaces.draw(root / "pictures"))
    workspaces.scan(made)
    return made


@pytest.fixture
def short(monkeypatch):
    """A few kinds of change, for what does not depend on which."""
    monkeypatch.setattr("dupedash.selftest.run.CHANGES", SHORT)


def test_copies_of_every_kind_are_looked_up_and_nothing_is_written(workspace):
    collection = connect(Connection("photos"), workspace)
    before = collection.state(), collection.ids()
    result = run_selftest(collection, 2)
    assert (collection.state(), collection.ids()) == before
    collection.close()
    assert list(result.by_change()) == [change.name for change in CHANGES]
    assert {len(trials) for trials in result.by_change().values()} == {2}
    assert result.found(0.7) >= 0.9 * len(result.trials)
    assert result.wrong(0.7) == 0
    assert all(bool(trial.picture) == trial.missed(0.7) for trial in result.trials)
    assert SelfTest.of_json(json.loads(json.dumps(result.to_json()))) == result


class Mistaken:
    """A collection of four pictures that takes every copy for the first one, which it is a copy of, too."""

    name = "mistaken"
    pictures = {f"i{number}": as_file(scene(number)) for number in range(4)}  # noqa: RUF012

    def ids(self):
        return sorted(self.pictures)

    def records(self, ids):
        from dupedash.model import ImageRecord

        return [ImageRecord(i, f"/photos/{i}.jpg", skipped="too flat" if i == "i3" else None) for i in ids]

    def picture(self, image_id, _side):
        return None if image_id == "i2" else self.pictures[image_id]

    def duplicates(self, image, _how):
        if hasattr(image, "id"):
            return Hits(())
        return Hits((Hit("i0", 0.8),))


@pytest.mark.usefixtures("short")
def test_matches_of_other_images_are_wrong_and_shown_first():
    result = run_selftest(Mistaken(), 10)
    assert (result.images, result.unread) == (2, 1)
    wrong = [trial for trial in result.trials if trial.wrong]
    assert {(t.image, t.score, t.wrong) for t in wrong} == {("i1", 0.0, (("i0", "/photos/i0.jpg", 0.8),))}
    assert len(wrong) == len(SHORT) == result.wrong(0.7)
    assert [t.image for t in result.failed(0.7)] == ["i1"] * len(SHORT)
    assert result.wrong(0.81) == 0


@pytest.mark.usefixtures("short")
def test_a_self_test_can_be_stopped_and_needs_pictures(monkeypatch):
    with pytest.raises(Cancelled):
        run_selftest(Mistaken(), cancelled=lambda: True)
    monkeypatch.setattr(Mistaken, "picture", lambda *_: None)
    with pytest.raises(ConfigError, match="--images"):
        run_selftest(Mistaken())


def made(scores, wrong=()) -> SelfTest:
    """A result with these scores of the originals, and as many copies with a wrong match."""
    trials = [Trial("a", "/a", "noise", score) for score in scores]
    trials += [Trial("b", "/b", "noise", 1.0, (("c", "/c", score),)) for score in wrong]
    return SelfTest("photos", datetime(2026, 11, 30, tzinfo=UTC), 1, 0, 1.0, tuple(trials))


def test_the_usual_threshold_is_suggested_unless_another_one_is_clearly_better():
    assert made([0.9] * 100).suggestion() == 0.7
    assert made([0.9] * 100 + [0.65]).suggestion() == 0.7
    assert made([0.9] * 50 + [0.65] * 50).suggestion() == 0.65
    assert made([0.9] * 90, [0.74] * 10).suggestion() == 0.75
    assert "0.75: 10 wrong matches fewer" in made([0.9] * 90, [0.74] * 10).words
    assert "the usual one" in made([]).words


@given(strategies.lists(strategies.floats(0, 1)), strategies.lists(strategies.floats(0.5, 1)))
def test_a_suggestion_is_never_worse_than_the_usual_threshold(scores, wrong):
    result = made(scores, wrong)
    assert 0.6 <= result.suggestion() <= 0.95
    assert result._worth(result.suggestion()) >= result._worth(0.7) - 1e-9


def test_the_last_result_is_kept_and_a_damaged_one_named(workspace):
    assert kept(workspace, "other") is None
    keep(workspace, "other", made([0.9]))
    assert kept(workspace, "other") == made([0.9])
    (workspace.selftests / "other.json").write_text("{}")
    with pytest.raises(ConfigError, match="run the self-test again"):
        kept(workspace, "other")


@pytest.mark.usefixtures("short")
def test_the_command_prints_figures_and_writes_them_with_the_pictures_that_failed(
    workspace, tmp_path, capsys
):
    words = ["--data", str(workspace.root), "selftest", "--images", "1"]
    page, file = tmp_path / "selftest.html", tmp_path / "selftest.json"
    assert main([*words, "--html", str(page), "--json", str(file), "--threshold", "1"]) == 0
    out = capsys.readouterr().out
    assert "4 copies of 1 image of photos" in out
    assert "1 of 1 found" in out or "0 of 1 found" in out
    assert "suggested   0.70" in out
    assert len(json.loads(file.read_text())["trials"]) == len(SHORT)
    assert "Self-test of photos" in page.read_text()
    assert kept(workspace, "photos") is not None


def test_explore_shows_the_last_self_test(workspace, monkeypatch):
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DUPEDASH_DATA", str(workspace.root))
    forget()
    hostile = Trial("a", "/a/<img src=x onerror=alert(1)>", "noise", 0.4, picture=as_file(scene(1), "JPEG"))
    result = made([0.9] * 90, [0.74] * 10)
    keep(workspace, "photos", replace(result, trials=(*result.trials, hostile)))
    at = opened("explore", changes="Self-test")
    assert {m.label: m.value for m in at.metric}["Suggested threshold"] == "0.75"
    shown = "".join(part.proto.body for part in at.get("html"))
    assert "noise: scored 0.40" in shown
    assert "<img src=x" not in shown
    at.button(key="selftest.take").click().run()
    assert at.slider(key="t").value == 0.75
    forget()


def forget():
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()
