"""The picture and the video of a Live photo: found as a pair, never cleared one without the other."""

from __future__ import annotations

import json

import pytest

from dupedash.cli import main
from dupedash.embedded.store.store import Store
from dupedash.groups.graph import DuplicateGraph
from dupedash.model import USUAL, PairKind
from tests.pictures import scene
from tests.shots import exif, shoot
from tests.test_along import video
from tests.workspaces import fill, scan


@pytest.fixture
def live(tmp_path):
    """A Live photo and its copy in another folder, a motion photo of Google's, and a picture with a film."""
    photos = tmp_path / "photos"
    for folder in ("phone", "backup"):
        shoot(photos / folder / "IMG_1.JPG", scene(1), exif())
        (photos / folder / "IMG_1.MOV").write_bytes(video(3))
    shoot(photos / "phone" / "PXL_2.MP.jpg", scene(2), exif())
    (photos / "phone" / "PXL_2.MP").write_bytes(video(2))
    shoot(photos / "phone" / "DSC_3.JPG", scene(3), exif())
    (photos / "phone" / "DSC_3.MOV").write_bytes(video(90))
    workspace = fill(tmp_path / "data", photos)
    return scan(workspace), tmp_path


def groups(done, *kinds):
    cut = DuplicateGraph(done.pairs().only(kinds)).cut(0.7)
    root = done.folder.parents[2] / "photos"
    members = (done.records(cut.members(number)) for number in range(len(cut)))
    return sorted(sorted(r.location.removeprefix(f"{root}/") for r in some) for some in members)


def test_picture_and_video_are_a_pair_and_no_duplicate(live):
    done, _ = live
    assert groups(done, PairKind.LIVE) == [
        ["backup/IMG_1.JPG", "backup/IMG_1.MOV"],
        ["phone/IMG_1.JPG", "phone/IMG_1.MOV"],
        ["phone/PXL_2.MP", "phone/PXL_2.MP.jpg"],
    ]
    assert groups(done, *USUAL) == [["backup/IMG_1.JPG", "phone/IMG_1.JPG"]]
    assert any("the video of a Live photo" in gap.reason for gap in done.coverage)


def state(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_the_video_goes_with_its_picture_and_comes_back_with_it(live, capsys):
    _, root = live
    before = state(root / "photos")
    run = ["--data", str(root / "data")]
    assert main([*run, "plan", "--json", "-"]) == 0
    plan = json.loads(capsys.readouterr().out)
    (step,) = plan["steps"]
    gone = root / "photos" / step["location"].rpartition("/")[0].rpartition("/")[2]
    store = Store(root / "data" / "collections" / "photos")
    entries = store.ids()
    assert main([*run, "apply", "--yes"]) == 0
    assert len(store.ids()) == len(entries) - 2, "the entry of the video, too"
    assert main([*run, "undo"]) == 0
    assert store.ids() == entries
    assert main([*run, "plan"]) == 0
    assert main([*run, "apply", "--yes"]) == 0
    assert set(before) - set(state(root / "photos")) == {gone / "IMG_1.JPG", gone / "IMG_1.MOV"}
    assert main([*run, "index", str(root / "photos")]) == 0
    assert main([*run, "undo"]) == 0
    assert state(root / "photos") == before
    assert main([*run, "index", str(root / "photos")]) == 0
    assert main([*run, "scan", "--kind", "live", "--json", str(root / "live.json")]) == 0
    assert len(json.loads((root / "live.json").read_text())) == 3


def test_no_rule_tells_which_half_of_a_live_photo_goes(live, capsys):
    _, root = live
    assert main(["--data", str(root / "data"), "plan", "--kind", "live", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"] == []
