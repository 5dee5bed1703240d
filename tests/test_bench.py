"""The bench measures what it says: its pictures have the planted groups, its figures are complete."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from dupedash.bench import measure, startup
from dupedash.bench.modes import Candidates
from dupedash.bench.pictures import copies, picture
from dupedash.bench.recut import random_matches, recut
from dupedash.cli import main
from dupedash.model import Smartfilter
from dupedash.scans.modes import Effort


def test_pictures_are_the_same_again_and_unlike_each_other():
    first, again, other = (picture(np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first.astype(int) - other).mean() > 20
    small, cropped = copies(first, np.random.default_rng(3))
    assert small.shape == (288, 384, 3)
    assert cropped.shape[0] < first.shape[0]


def test_random_matches_are_as_many_as_asked_for():
    matches = random_matches(1000, 5000)
    assert len(matches) == 5000
    assert (matches.a < matches.b).all()
    assert int(matches.b.max()) < 1000
    assert recut(1000, 5000).matches == 5000


def test_peak_memory_notices_what_was_held_for_a_moment():
    program = """
import time
import numpy as np
from dupedash.bench.memory import PeakMemory
with PeakMemory() as nothing:
    pass
with PeakMemory() as much:
    held = np.ones(100_000_000, np.uint8)
    deadline = time.monotonic() + 60
    while much.megabytes < nothing.megabytes + 60 and time.monotonic() < deadline:
        time.sleep(0.05)
    del held
print(much.megabytes - nothing.megabytes)
"""  # in a process of its own: what other tests give back meanwhile would count against it
    more = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert 60 <= int(more) <= 130


def test_a_small_bench_prints_all_its_figures(tmp_path, capsys, monkeypatch):
    file = tmp_path / "bench.json"
    monkeypatch.setattr(measure, "SIZES", ((1000, 2000), (1000, 5000)))
    monkeypatch.setattr(startup, "TIMES", 1)
    assert main(["bench", "--images", "20", "--json", str(file)]) == 0
    out = capsys.readouterr().out
    assert "cores" in out.splitlines()[0]
    assert "20 images: index" in out
    assert "4 of 4 planted groups" in out
    assert "20 images through HTTP" in out
    figures = json.loads(file.read_text())
    assert "10 new images checked against 10" in out
    assert figures["check"]["analyses"] == figures["check"]["images"] == 10
    assert "starts: import streamlit" in out
    assert all(seconds > 0 for seconds in figures["starts"].values())
    assert figures["sizes"][0]["stages"]["describe"] > 0
    modes = figures["sizes"][0]["modes"]
    assert len(modes) == 10
    assert "rank.approximate=true, rank.smartfilter=extreme" in out
    assert modes[0]["edited"] > 0.9
    assert modes[0]["precision"] == 1
    assert modes[0]["pairs"] >= modes[-1]["pairs"] > 0
    told = {change["name"]: change for change in figures["explanations"]}
    assert "explanations: named" in out
    exact = [told[name] for name in ("cropped", "turned", "mirrored")]
    assert all(change["named"] == 1 and change["mirror"] for change in exact)
    assert min(change["overlap"] for change in told.values()) > 0.9
    assert [r["matches"] for r in figures["recuts"]] == [2000, 5000]


def test_a_setting_keeps_the_candidates_with_enough_votes_and_if_approximate_the_best_fifty():
    names = tuple(f"p{number:02}" for number in range(60))
    votes = np.arange(60) / 10 + 2
    found = Candidates(np.zeros(60, int), names, votes, ((False,),) * 60)
    assert found.kept(Effort(False, Smartfilter.OFF)).all()
    assert votes[found.kept(Effort(False, Smartfilter.HIGH))].tolist() == votes[votes >= 5].tolist()
    assert np.flatnonzero(found.kept(Effort(True, Smartfilter.OFF))).tolist() == list(range(10, 60))
    assert found.kept(Effort(True, Smartfilter.HIGH)).sum() == (votes >= 5).sum()


@pytest.mark.parametrize("sizes", ["", "3", "10,x"])
def test_sizes_that_make_no_sense_are_refused(sizes, capsys):
    assert main(["bench", "--images", sizes]) == 2
    assert "Error" in capsys.readouterr().err
