"""How long a scan will take: by the pace of this machine, for what there is to search."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dupedash import wording
from dupedash.collection import JoinRequest
from dupedash.model import Progress, ScanMode, Smartfilter
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.config import ScanStats
from dupedash.scans.estimate import FIRST, START, memory, memory_words, pace, seconds, to_search
from dupedash.scans.modes import Effort
from dupedash.ui.shared.scan_modes import MODES, same_as
from dupedash.ui.state import PRESETS
from tests.stored_scans import stored_scan

FULL, QUICK = Effort(False, Smartfilter.OFF), Effort(False, Smartfilter.HIGH)


class Here:
    """A collection of this machine of which three images changed since a scan."""

    name, engine, identity = "photos", "embedded", ""

    def join(self, request: JoinRequest, **_):
        raise NotImplementedError

    def changed_since(self, state):
        return frozenset({"a", "b", "c"}) if state == "known" else None


class Server:
    name, engine, identity = "photos", "flow", ""


@pytest.fixture
def store(tmp_path):
    return ScanStore(tmp_path / "scans")


def scan(store, effort=FULL, engine="embedded", collection="photos", **stats):
    made = stored_scan(store, [], [], name="x")
    return replace(made, effort=effort, engine=engine, collection=collection, stats=ScanStats(**stats))


def test_the_pace_is_that_of_a_scan_with_the_same_effort_of_any_collection_here(store):
    known = [
        scan(store, QUICK, pace=150.0),
        scan(store, FULL, collection="other", pace=60.0),
        scan(store, FULL, pace=10.0),
    ]
    assert pace(Here(), known, FULL) == 60.0
    assert pace(Here(), known[:1], FULL) == 150.0
    assert pace(Here(), [], FULL) is None


def test_a_small_scan_of_an_earlier_version_tells_no_pace_and_a_large_one_does(store):
    assert pace(Here(), [scan(store, searched=20, seconds=60.0)], FULL) is None
    assert pace(Here(), [scan(store, searched=1200, seconds=20.0)], FULL) == 60.0


def test_a_server_is_as_fast_as_its_own_scans(store):
    others = [scan(store, engine="flow", collection="other", pace=500.0), scan(store, pace=60.0)]
    assert pace(Server(), others, FULL) is None
    assert pace(Server(), [scan(store, engine="flow", pace=20.0)], FULL) == 20.0


def test_only_what_changed_is_counted_where_an_earlier_scan_is_extended(store, monkeypatch):
    config = ScanConfig()
    earlier = replace(scan(store), state="known")
    monkeypatch.setattr(ScanStore, "earlier", lambda *_: [earlier])
    assert to_search(Here(), store, config, FULL, 1200, 1200) == 3
    assert to_search(Here(), store, config, QUICK, 1200, 1200) == 1200
    assert to_search(Server(), store, config, FULL, 1200, 1200) == 1200


def test_of_two_parts_the_smaller_one_is_searched(store):
    config = ScanConfig(fq=("a:1",), against=("b:1",))
    assert to_search(Here(), store, config, FULL, 1200, 40) == 40
    assert to_search(Server(), store, config, FULL, 1200, 40) == 1200


def test_a_first_scan_is_told_with_what_is_compiled_and_nothing_takes_no_time():
    assert seconds(1200, 60.0) == START + 20
    assert seconds(1200, None) > FIRST
    assert seconds(0, None) == 0


def test_memory_grows_with_a_collection_of_this_machine_and_is_told_with_what_to_do_if_it_is_too_much():
    small, large = memory(Here(), 1_000), memory(Here(), 101_000)
    assert large - small == pytest.approx(3.7e9)
    assert memory(Server(), 1_000) == memory(Server(), 1_000_000) < small
    assert memory_words(1.2e9, 8e9) == "Needs up to 1.2 GB of memory."
    assert "This machine has 8.0 GB: give it more" in memory_words(9e9, 8e9)


def test_slow_work_is_never_told_as_nothing_a_second():
    assert wording.rate(1204) == "1,204 a second"
    assert wording.rate(2.44) == "2.4 a second"
    assert wording.rate(0.3) == "18 a minute"
    assert wording.rate(0.005) == "0.3 a minute"


def test_time_left_is_told_once_the_rate_has_settled():
    assert Progress("searching", 1, 3000, seconds=1.0).left is None
    assert Progress("searching", 1, 3000, seconds=30.0).left is None, "it waited for its processes"
    assert Progress("searching", 100, 300, seconds=10.0).left == 20.0


def test_no_mode_is_called_like_a_threshold_and_a_mode_that_makes_no_difference_is_known():
    words = {word for name in PRESETS for word in name.lower().split()}
    assert not words & {mode.name.lower() for mode in MODES.values()}
    assert same_as(ScanMode.BALANCED, 5_000) == [ScanMode.EXACT]
    assert same_as(ScanMode.BALANCED, 50_000) == []
