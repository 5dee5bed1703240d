"""What two images are to each other: copies, edits, frames of a burst, files of one shot."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.cli import main
from dupedash.groups import kinds
from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.groups.kinds import Facts
from dupedash.images import decode
from dupedash.model import DUPLICATES, ONE_MOMENT, USUAL, PairKind
from dupedash.scans.export import pairs_csv
from tests.pictures import scene
from tests.shots import MOMENT, edited, exif, frame, shoot
from tests.workspaces import fill, scan


def facts(count, **known):
    """Nothing is known but what is said."""
    unknown = np.full(count, -1, np.int64)
    plain = dict.fromkeys(("camera", "content", "pixels", "shot", "numbered", "number"), unknown)
    given = {name: np.array(values) for name, values in known.items()}
    return Facts(**{"taken": np.full(count, np.nan), "sort": np.zeros(count, np.int8), **plain, **given})


def kind_of(score, **known):
    pair = Matches.of([("a", "b", score)])
    return tuple(PairKind)[int(kinds.kinds(pair, facts(2, **known))[0])]


@pytest.mark.parametrize(
    ("score", "known", "kind"),
    [
        (1.0, {"content": [3, 3], "pixels": [4, 4]}, PairKind.SAME_FILE),
        (1.0, {"content": [3, 5], "pixels": [4, 4]}, PairKind.SAME_PIXELS),
        (0.97, {}, PairKind.RE_ENCODED),
        (0.8, {}, PairKind.EDITED),
        (0.6, {}, PairKind.ALIKE),
        (0.8, {"taken": [10.0, 12.0], "camera": [1, 1]}, PairKind.BURST),
        (0.2, {"taken": [10.0, 12.0], "camera": [1, 1]}, PairKind.BURST),
        (0.8, {"taken": [10.0, 12.0], "camera": [1, 2]}, PairKind.EDITED),
        (0.8, {"taken": [10.0, 12.0], "camera": [-1, -1]}, PairKind.EDITED),
        (0.8, {"taken": [10.0, 60.0], "camera": [1, 1]}, PairKind.EDITED),
        (0.8, {"taken": [10.0, 10.0], "camera": [1, 1]}, PairKind.EDITED),
        (0.8, {"taken": [10.25, 10.5], "camera": [1, 1]}, PairKind.BURST),
        (0.8, {"taken": [10.0, 10.5], "camera": [1, 1]}, PairKind.EDITED),
        (0.8, {"taken": [1.0, 1.0], "camera": [1, 1], "numbered": [7, 7], "number": [1, 2]}, PairKind.BURST),
        (0.97, {"taken": [1.0, 1.0], "camera": [1, 1], "numbered": [7, 7], "number": [1, 2]},
         PairKind.RE_ENCODED),
        (0.9, {"sort": [kinds.RAW, 0]}, PairKind.RAW_JPEG),
        (0.3, {"sort": [kinds.RAW, 0], "shot": [2, 2]}, PairKind.RAW_JPEG),
        (0.9, {"sort": [kinds.RAW, 0], "taken": [10.0, 12.0], "camera": [1, 1]}, PairKind.BURST),
        (1.0, {"sort": [kinds.VIDEO, 0], "shot": [2, 2]}, PairKind.LIVE),
    ],
)  # fmt: skip
def test_a_pair_is_of_the_first_kind_that_fits(score, known, kind):
    assert kind_of(score, **known) is kind


@given(st.lists(st.tuples(st.floats(0, 60), st.integers(0, 2)), min_size=1, max_size=12))
def test_a_series_is_of_one_camera_and_never_has_a_longer_gap(shots):
    taken, camera = (np.array(column) for column in zip(*shots, strict=True))
    run = kinds.series(facts(len(shots), taken=taken, camera=camera))
    for number in set(run[run >= 0].tolist()):
        members = run == number
        assert members.sum() > 1
        assert len(set(camera[members].tolist())) == 1
        assert np.diff(np.sort(taken[members])).max() <= kinds.SERIES_GAP


def test_files_of_one_shot_are_found_by_name_unless_their_times_contradict_it():
    known = facts(
        6,
        shot=np.array([1, 1, 2, 2, 3, 3]),
        sort=np.array([kinds.RAW, 0, 0, kinds.VIDEO, kinds.RAW, 0], np.int8),
        taken=np.array([5.0, 6.0, 5.0, np.nan, 5.0, 500.0]),
    )
    one, other = kinds.beside(known)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 1), (2, 3)]


def test_what_shows_one_moment_links_at_every_threshold_and_only_where_it_is_asked_for():
    pairs = Matches.of([("a", "b", 0.2), ("b", "c", 0.98)])
    burst, saved = (list(PairKind).index(k) for k in (PairKind.BURST, PairKind.RE_ENCODED))
    told = replace(pairs, kind=np.array([burst, saved], np.uint8))
    whole = DuplicateGraph(told).cut(0.95)
    assert (whole.members(0), whole.kind(0)) == (("a", "b", "c"), PairKind.BURST)
    usual = DuplicateGraph(told.only(USUAL)).cut(0.95)
    assert (usual.members(0), usual.kind(0)) == (("b", "c"), PairKind.RE_ENCODED)
    assert set(DUPLICATES) | set(ONE_MOMENT) | {PairKind.ALIKE} == set(PairKind)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """A burst of three frames, copies and an edit of the first, and another picture of the same seconds."""
    root = tmp_path_factory.mktemp("kinds")
    photos = root / "photos"
    for number in range(3):
        moment = MOMENT + timedelta(seconds=number)
        shoot(photos / f"IMG_{number:04}.JPG", frame(number), exif(moment))
    shoot(photos / "IMG_0003.JPG", scene(77, 640, 480), exif(MOMENT + timedelta(seconds=3)))
    shoot(photos / "web" / "small.jpg", frame(0).resize((468, 348)), exif(), 85)
    shoot(photos / "web" / "bare.jpg", frame(0), None, 80)
    shoot(photos / "web" / "edited.jpg", edited(frame(0)), exif())
    (photos / "again.jpg").write_bytes((photos / "IMG_0000.JPG").read_bytes())
    workspace = fill(root / "data", photos)
    return scan(workspace), photos


def told(scanned, *pair):
    done, photos = scanned
    found = done.pairs()
    places = {record.id: record.location.removeprefix(f"{photos}/") for record in done.records(found.ids)}
    ends = zip(found.a.tolist(), found.b.tolist(), found.kind.tolist(), strict=True)
    known = {frozenset((places[found.ids[a]], places[found.ids[b]])): tuple(PairKind)[k] for a, b, k in ends}
    return known.get(frozenset(pair))


def test_three_frames_of_a_scene_with_people_moving_are_a_burst(scanned):
    for pair in (("IMG_0000.JPG", "IMG_0001.JPG"), ("IMG_0001.JPG", "IMG_0002.JPG")):
        assert told(scanned, *pair) is PairKind.BURST


def test_copies_of_a_frame_are_copies_and_no_frames(scanned):
    assert told(scanned, "IMG_0000.JPG", "again.jpg") is PairKind.SAME_FILE
    assert told(scanned, "IMG_0000.JPG", "web/small.jpg") is PairKind.RE_ENCODED
    assert told(scanned, "IMG_0000.JPG", "web/edited.jpg") is PairKind.EDITED
    assert told(scanned, "IMG_0000.JPG", "web/bare.jpg") is PairKind.RE_ENCODED


def test_a_copy_that_lost_its_time_is_no_copy_of_the_next_frame(scanned):
    assert told(scanned, "web/bare.jpg", "IMG_0001.JPG") in (PairKind.BURST, None)


def test_another_picture_of_the_same_seconds_is_no_frame(scanned):
    for number in range(3):
        assert told(scanned, f"IMG_{number:04}.JPG", "IMG_0003.JPG") is None


def test_groups_of_copies_have_no_other_frame_in_them(scanned):
    done, _ = scanned
    usual = DuplicateGraph(done.pairs().only(USUAL)).cut(0.7)
    names = [{r.filename for r in done.records(usual.members(n))} for n in range(len(usual))]
    assert names == [{"IMG_0000.JPG", "again.jpg", "small.jpg", "bare.jpg", "edited.jpg"}]
    assert usual.kind(0) is PairKind.EDITED


def test_the_file_of_pairs_names_the_kinds_that_are_no_duplicates(scanned):
    done, _ = scanned
    rows = [line.split(",") for line in pairs_csv(done).splitlines()[1:]]
    bursts = [row for row in rows if len(row) > 3 and row[3].startswith("burst")]
    names = {place.rpartition("/")[2] for row in bursts for place in row[:2]}
    assert names >= {"IMG_0000.JPG", "IMG_0001.JPG", "IMG_0002.JPG"}
    only = pairs_csv(done, (PairKind.SAME_FILE,)).splitlines()[1:]
    assert len(only) == 1
    assert "again.jpg" in only[0]


@pytest.mark.parametrize(
    ("written", "milliseconds"), [("37", 370), ("5", 500), ("123456", 123), ("", 0), ("x", 0)]
)
def test_the_fraction_of_a_second_is_read(written, milliseconds, tmp_path):
    path = shoot(tmp_path / "a.jpg", scene(1), exif(fraction=written))
    assert decode(path).exif.taken == MOMENT.replace(tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def names_in(root, *words):
    """The files of each group that the command `scan` writes."""
    file = root / "groups.json"
    assert main(["--data", str(root / "data"), "scan", "--json", str(file), *words]) == 0
    groups = json.loads(file.read_text()).values()
    return sorted(sorted(place.rpartition("/")[2] for place in group) for group in groups)


def test_the_command_scan_forms_groups_of_the_kinds_that_are_named(scanned, capsys):
    root = scanned[1].parent
    assert names_in(root, "--kind", "same-file,same-pixels") == [["IMG_0000.JPG", "again.jpg"]]
    (burst,) = names_in(root, "--kind", "burst")
    assert {"IMG_0001.JPG", "IMG_0002.JPG"} <= set(burst)
    capsys.readouterr()
    names_in(root)
    assert "no duplicates: burst" in (out := capsys.readouterr().out)
    assert "kinds       1 edited" in out
    assert main(["--data", str(root / "data"), "scan", "--kind", "twins"]) == 2
    assert "'twins' is no kind of pairs" in capsys.readouterr().err


def planned(root, capsys, *words):
    """The names of the files that would go."""
    capsys.readouterr()
    assert main(["--data", str(root / "data"), "plan", "--json", "-", *words]) == 0
    return {step["location"].rpartition("/")[2] for step in json.loads(capsys.readouterr().out)["steps"]}


def test_a_plan_takes_no_frame_of_a_burst_that_nobody_named(scanned, capsys):
    root = scanned[1].parent
    frames = {f"IMG_{number:04}.JPG" for number in range(1, 3)}
    assert not planned(root, capsys, "--unsure", "decide") & frames
    assert planned(root, capsys, "--kind", "same-file") == {"again.jpg"}
    assert planned(root, capsys, "--kind", "burst") <= {"again.jpg"}, "no rule tells the better frame"
    assert planned(root, capsys, "--kind", "burst", "--unsure", "decide") & frames


def test_a_long_series_of_unlike_frames_is_no_burst():
    known = {"camera": np.zeros(8, np.int64), "taken": np.arange(8) * 4.0}
    for score, kind in ((0.3, PairKind.ALIKE), (0.8, PairKind.BURST)):
        ends = np.array([0], np.int32), np.array([7], np.int32)
        pair = Matches(tuple("abcdefgh"), *ends, np.array([score], np.float32))
        assert tuple(PairKind)[int(kinds.kinds(pair, facts(8, **known))[0])] is kind
