"""plan, apply, undo and check as scripts use them: output, files, exit codes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from dupedash.cli import main
from dupedash.images.metadata.facts import Fact
from dupedash.images.metadata.packet import facts_of_packet, written
from dupedash.images.metadata.reading import read_facts
from tests.pictures import as_file, brighter, scene, smaller


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """Two groups and one picture alone, indexed and scanned."""
    root = tmp_path_factory.mktemp("scanned")
    folder = root / "pictures"
    folder.mkdir()
    for name, picture in {
        "one.png": scene(1),
        "one small.png": smaller(scene(1)),
        "two.png": scene(2),
        "two bright.png": brighter(scene(2)),
        "alone.png": scene(3),
    }.items():
        (folder / name).write_bytes(as_file(picture))
    assert main(["--data", str(root / "data"), "index", str(folder), "--jobs", "1"]) == 0
    assert main(["--data", str(root / "data"), "scan"]) == 0
    return root


def run(root, *words):
    return main(["--data", str(root / "data"), *map(str, words)])


def names(root):
    return sorted(path.name for path in (root / "pictures").iterdir())


def test_a_plan_is_shown_applied_after_a_question_and_undone(scanned, tmp_path, capsys, monkeypatch):
    before = names(scanned)
    file = tmp_path / "plan.json"
    assert run(scanned, "plan", "--unsure", "decide", "--json", file) == 0
    out = capsys.readouterr().out
    assert "quarantine 2 of default, 2 groups at 0.7" in out
    assert "(480×360 beats 360×270)" in out
    assert len(json.loads(file.read_text())["steps"]) == 2
    assert names(scanned) == before

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run(scanned, "apply") == 130
    assert names(scanned) == before
    assert run(scanned, "apply", "--yes") == 0
    assert len(names(scanned)) == 3
    assert "one small.png" not in names(scanned)

    capsys.readouterr()
    assert run(scanned, "undo") == 0
    assert "undone      2 steps" in capsys.readouterr().out
    assert names(scanned) == before
    assert run(scanned, "undo", "--list") == 0
    assert ": quarantine 2 of default" in capsys.readouterr().out
    assert run(scanned, "undo") == 1
    assert "There is no plan" in capsys.readouterr().err


def test_single_steps_are_listed_and_taken_back_by_number_or_path(scanned, capsys):
    before = names(scanned)
    assert run(scanned, "plan", "--unsure", "decide") == 0
    assert run(scanned, "apply", "--yes") == 0
    capsys.readouterr()
    assert run(scanned, "undo", "--steps") == 0
    first, second = capsys.readouterr().out.splitlines()
    number, path = first.split()[0], "/" + second.split(" /", 1)[1]
    assert "done" in first
    assert run(scanned, "undo", "--step", "77") == 1
    assert "has no step 77" in capsys.readouterr().err
    assert run(scanned, "undo", "--step", number) == 0
    assert len(names(scanned)) == len(before) - 1
    assert run(scanned, "undo", "--step", path) == 0
    assert names(scanned) == before


def test_a_group_that_is_not_sure_is_listed_and_left_whole_unless_told(scanned, tmp_path, capsys):
    file = tmp_path / "plan.json"
    assert run(scanned, "plan", "--json", file) == 0
    out, plan = capsys.readouterr().out, json.loads(file.read_text())
    assert "quarantine 1 of default, 1 groups at 0.7" in out
    unsure = next(g for g in plan["groups"] if g["decided"] == "not sure")
    assert sorted(Path(place).name for _, place, _ in unsure["members"]) == ["two bright.png", "two.png"]
    assert unsure["key"] not in {step["group"] for step in plan["steps"]}
    assert all(f"not sure    {place}" in out for _, place, _ in unsure["members"])
    assert "1 group is left whole" in plan["warnings"][-1] + plan["warnings"][0]


def test_groups_keepers_and_actions_are_chosen_by_options(scanned, capsys):
    assert run(scanned, "plan", "--json", "-") == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    small = next(s for s in steps if s["location"].endswith("one small.png"))
    options = ["--group", small["id"], "--keep", small["id"], "--action", "label", "--json", "-"]
    assert run(scanned, "plan", *options) == 0
    (step,) = json.loads(capsys.readouterr().out)["steps"]
    assert (step["kind"], step["id"], step["keeper"]) == ("label", small["keeper"], small["id"])


def test_a_policy_comes_from_a_file(scanned, tmp_path, capsys):
    rules = {"name": "small", "criteria": [{"rule": "preferred path", "values": ["* small.png"]}]}
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    assert run(scanned, "plan", "--policy", tmp_path / "rules.json", "--json", "-") == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert any(step["location"].endswith("/one.png") for step in steps)
    assert run(scanned, "plan", "--policy", "nicest") == 2
    assert "Best quality" in capsys.readouterr().err


def test_a_failed_step_is_told_and_the_exit_code_says_so(scanned, capsys):
    assert run(scanned, "plan") == 0
    victim = scanned / "pictures" / "one small.png"
    data = victim.read_bytes()
    victim.write_bytes(data + b"edited")
    try:
        assert run(scanned, "apply", "--yes") == 1
        assert "was changed since the plan" in capsys.readouterr().err
    finally:
        victim.write_bytes(data)
        assert run(scanned, "undo") == 0


def test_an_emptied_quarantine_cannot_be_undone(tmp_path, capsys):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(as_file(scene(1)))
    assert run(tmp_path, "index", folder, "--jobs", "1") == 0
    assert run(tmp_path, "scan") == 0
    assert run(tmp_path, "plan") == 0
    assert run(tmp_path, "apply", "--yes") == 0
    assert run(tmp_path, "undo", "--empty", "--yes") == 0
    assert run(tmp_path, "undo") == 1
    assert "was the quarantine emptied?" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["plan", "apply", "undo"])
def test_a_read_only_instance_changes_nothing(scanned, command, monkeypatch):
    monkeypatch.setenv("DUPEDASH_READONLY", "1")
    assert run(scanned, command) == 1


def test_the_exit_code_of_check_is_a_gate(scanned, tmp_path, capsys):
    (tmp_path / "new.png").write_bytes(as_file(scene(9)))
    (tmp_path / "copy.png").write_bytes(as_file(smaller(scene(3))))
    (tmp_path / "broken.png").write_bytes(b"nothing")
    assert run(scanned, "check", tmp_path / "new.png") == 0
    assert run(scanned, "check", tmp_path / "copy.png") == 4
    assert f"copy of {scanned / 'pictures' / 'alone.png'} (score" in capsys.readouterr().out
    assert run(scanned, "check", tmp_path / "copy.png", "--threshold", "1") == 0
    assert run(scanned, "check", tmp_path / "copy.png", tmp_path / "broken.png") == 1
    assert "broken.png" in capsys.readouterr().err
    assert run(scanned, "check") == 2


def test_check_tells_everything_as_json_also_inside_an_archive(scanned, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        archive.writestr("a.png", as_file(scene(9)))
        archive.writestr("b.png", as_file(smaller(scene(9))))
        archive.writestr("c.png", as_file(scene(3)))
    assert run(scanned, "check", tmp_path / "new.zip", "--json") == 4
    told = json.loads(capsys.readouterr().out)
    assert [image["duplicate"] for image in told["images"]] == [False, True, True]
    assert told["images"][1]["inside"][0]["id"].endswith("new.zip: a.png")
    assert told["images"][2]["hits"][0]["location"].endswith("/alone.png")
    assert told["images"][2]["finding"] == "same file"


def test_check_adds_what_is_new_and_undo_takes_it_back(scanned, tmp_path, capsys):
    (tmp_path / "new.png").write_bytes(as_file(scene(8)))
    assert run(scanned, "check", tmp_path / "new.png", "--add", "new", "--field", "source=mail") == 0
    out = capsys.readouterr().out
    assert "added 1;" in out
    capsys.readouterr()
    assert run(scanned, "check", tmp_path / "new.png") == 0
    assert "in the collection as" in capsys.readouterr().out
    record = out.split("`undo ")[1].split("`")[0]
    assert run(scanned, "undo", record) == 0
    assert run(scanned, "status") == 0
    assert "images      5" in capsys.readouterr().out


def test_check_by_id_searches_the_others(scanned, capsys):
    assert run(scanned, "plan", "--json", "-") == 0
    step = json.loads(capsys.readouterr().out)["steps"][0]
    assert run(scanned, "check", "--id", step["id"], "--json") == 4
    hits = json.loads(capsys.readouterr().out)["images"][0]["hits"]
    assert [hit["id"] for hit in hits] == [step["keeper"]]
    assert run(scanned, "check", "--id", "gone") == 1


@pytest.fixture
def twins(tmp_path):
    """Two equal pictures, indexed, scanned and cleared."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(as_file(scene(1)))
    for words in (("index", folder, "--jobs", "1"), ("scan",), ("plan",), ("apply", "--yes")):
        assert run(tmp_path, *words) == 0
    return tmp_path


def test_an_unfinished_plan_is_passed_over_with_a_sentence(twins, capsys):
    unfinished = twins / "data/journals/29991231-000000-000000-aaaa"
    unfinished.mkdir()
    (unfinished / "journal.sqlite").touch()
    assert run(twins, "undo", "--list") == 0
    told = capsys.readouterr()
    assert "  applied: quarantine 1 of default" in told.out
    assert "passed over 29991231-000000-000000-aaaa" in told.err
    assert run(twins, "apply", "--yes") == 1
    assert "Nothing waits to be applied" in capsys.readouterr().err
    assert run(twins, "undo") == 0
    assert names(twins) == ["a.png", "b.png"]


def test_emptying_keeps_back_the_last_copy_and_names_it(twins, capsys):
    for path in (twins / "pictures").iterdir():
        path.unlink()
    assert run(twins, "undo", "--empty", "--yes") == 1
    assert "kept back" in capsys.readouterr().err
    assert run(twins, "undo") == 0
    assert len(names(twins)) == 1


def test_a_plan_names_the_sidecars_of_what_goes(tmp_path, capsys):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(as_file(scene(1)))
        (folder / f"{name}.xmp").touch()
        (folder / name).with_suffix(".dng").touch()
    assert run(tmp_path, "index", folder, "--jobs", "1") == 0
    assert run(tmp_path, "scan") == 0
    assert run(tmp_path, "plan", "--json", tmp_path / "plan.json") == 0
    out = capsys.readouterr().out
    (step,) = json.loads((tmp_path / "plan.json").read_text())["steps"]
    assert [place for place, _size, _time in step["along"]] == [f"{step['location']}.xmp"]
    assert f"with it     {step['location']}.xmp" in out
    assert f"left alone  {step['location'].removesuffix('png')}dng (belongs to" in out
    assert "1 file beside the images that go" in out


@pytest.fixture(scope="module")
def foldered(tmp_path_factory):
    """Two folders with three pictures each, two of them the same, indexed and scanned."""
    root = tmp_path_factory.mktemp("foldered")
    for folder, seeds in (("phone", (1, 2, 3)), ("photos/2019", (1,)), ("photos/2020", (2, 4))):
        (root / "pictures" / folder).mkdir(parents=True)
        for seed in seeds:
            (root / "pictures" / folder / f"{seed}.png").write_bytes(as_file(scene(seed)))
    assert run(root, "index", root / "pictures", "--jobs", "1") == 0
    assert run(root, "scan") == 0
    return root


def test_folders_are_told_that_share_images_with_lists_of_both(foldered, tmp_path, capsys):
    phone, photos = (str(foldered / "pictures" / name) for name in ("phone", "photos"))
    file = tmp_path / "folders.json"
    capsys.readouterr()
    assert run(foldered, "folders", "--json", file) == 0
    assert f"66 % of {photos} is in {phone}: 2 of 3 images" in capsys.readouterr().out
    (told,) = json.loads(file.read_text())["folders"]
    assert (told["folder"], told["other"], told["share"], told["only"]) == (photos, phone, 0.6667, 1)

    assert run(foldered, "folders", phone, photos, "--json", "-") == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert {(Path(row["path"]).name, row["match"]) for row in told["in_both"]} == {
        ("1.png", f"{photos}/2019/1.png"), ("2.png", f"{photos}/2020/2.png")
    }  # fmt: skip
    assert told["only_here"] == [{"path": f"{phone}/3.png", "elsewhere": False}]
    assert f"only here   {phone}/3.png" in err


def test_a_plan_clears_one_folder_for_another(foldered, tmp_path, capsys):
    file = tmp_path / "plan.json"
    assert run(foldered, "plan", "--folder", foldered / "pictures/phone", "--kept-in",
               foldered / "pictures/photos/2019", "--json", file) == 0  # fmt: skip
    steps = json.loads(file.read_text())["steps"]
    assert [step["location"] for step in steps] == [str(foldered / "pictures/phone/1.png")]
    assert "photos/2019, which stays" in capsys.readouterr().out
    assert run(foldered, "plan", "--kept-in", "photos") == 2
    assert run(foldered, "plan", "--folder", "/nowhere") == 2
    assert "No image of the scan lies in /nowhere" in capsys.readouterr().err


def test_what_only_a_copy_told_is_written_beside_what_stays_and_undone(tmp_path, capsys):
    folder = tmp_path / "pictures"
    folder.mkdir()
    picture = as_file(scene(1))
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(picture)
    (folder / "b.png.xmp").write_bytes(written(None, {Fact.KEYWORDS: ("boat",), Fact.RATING: ("2",)}))
    assert run(tmp_path, "index", folder, "--jobs", "1") == 0
    assert run(tmp_path, "scan") == 0
    assert run(tmp_path, "plan", "--metadata-rule", "stars=highest") == 2
    assert "FACT=RULE" in capsys.readouterr().err
    assert run(tmp_path, "plan", "--keep", folder / "a.png", "--metadata-rule", "rating=keep") == 0
    out = capsys.readouterr().out
    assert f"describe    {folder / 'a.png.xmp'}\n            keywords: nothing → boat\n" in out
    assert "            rating stays nothing; b.png says 2\n" in out
    assert run(tmp_path, "apply", "--yes") == 0
    assert sorted(p.name for p in folder.iterdir()) == ["a.png", "a.png.xmp"]
    assert facts_of_packet((folder / "a.png.xmp").read_bytes()) == {Fact.KEYWORDS: ("boat",)}
    assert run(tmp_path, "undo") == 0
    assert sorted(p.name for p in folder.iterdir()) == ["a.png", "b.png", "b.png.xmp"]
    assert run(tmp_path, "plan", "--into-file") == 2
    assert "goes with --metadata" in capsys.readouterr().err
    assert run(tmp_path, "plan", "--keep", folder / "a.png", "--metadata", "--into-file") == 0
    assert f"describe    {folder / 'a.png'} (into the file)\n" in capsys.readouterr().out
    assert run(tmp_path, "apply", "--yes") == 0
    assert read_facts(folder / "a.png") == {Fact.KEYWORDS: ("boat",), Fact.RATING: ("2",)}
    assert run(tmp_path, "index", folder, "--jobs", "1") == 0
    assert "0 added, 0 updated, 1 unchanged" in capsys.readouterr().out
    assert run(tmp_path, "undo") == 0
    assert (folder / "a.png").read_bytes() == picture


def test_the_best_pixels_take_the_place_that_the_policy_prefers(tmp_path, capsys):
    album, downloads = tmp_path / "album", tmp_path / "downloads"
    picture = scene(1)
    for folder, image in ((album, picture.resize((240, 180))), (downloads, picture)):
        folder.mkdir()
        (folder / f"{folder.name}.jpg").write_bytes(as_file(image, "JPEG"))
    rules = {"name": "album", "criteria": [{"rule": "preferred path", "values": [str(album)]}]}
    (tmp_path / "policy.json").write_text(json.dumps(rules | {"protected_patterns": []}))
    assert run(tmp_path, "index", album, downloads, "--jobs", "1") == 0
    assert run(tmp_path, "scan") == 0
    assert run(tmp_path, "plan", "--policy", tmp_path / "policy.json", "--best-pixels") == 0
    out = capsys.readouterr().out
    assert "it has the best pixels, and takes the place of album.jpg" in out
    assert f"take place  {downloads / 'downloads.jpg'} → {album / 'album.jpg'}" in out
    assert run(tmp_path, "apply", "--yes") == 0
    assert (album / "album.jpg").read_bytes() == as_file(picture, "JPEG")
    assert list(downloads.iterdir()) == []
    assert run(tmp_path, "index", album, downloads, "--jobs", "1") == 0
    assert "0 added, 0 updated, 1 unchanged" in capsys.readouterr().out
    assert run(tmp_path, "undo") == 0
    assert [p.name for p in (*album.iterdir(), *downloads.iterdir())] == ["album.jpg", "downloads.jpg"]
