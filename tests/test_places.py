"""A protected or preferred path is that path, whatever its characters; a pattern is asked for as one."""

from __future__ import annotations

import os
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.images.files import printable
from dupedash.keepers import Criterion, Policy, Rule
from dupedash.keepers import places as places_module
from dupedash.keepers.places import lies_in, place_fitting, place_in
from dupedash.model import ImageRecord

LETTERS = st.text("abAB12 *?[]{}!#.,:'&%~äßİ", min_size=1, max_size=8)
NAMES = LETTERS.filter(lambda name: name.strip() and set(name.strip()) - {"."})


def protects(policy: Policy, location: str) -> bool:
    return policy.protects(ImageRecord("a", location)) is not None


def test_a_folder_protects_what_lies_in_it_and_nothing_beside_it():
    assert lies_in("/photos/a/x.jpg", "/photos/a")
    assert lies_in("/photos/a/deep/x.jpg", "/photos/a/")
    assert lies_in("/photos/a", "/photos/a"), "a file protects itself"
    assert not lies_in("/photos/ab/x.jpg", "/photos/a")
    assert not lies_in("/photos/a.jpg", "/photos/a")
    assert not lies_in("/backup/photos/a/x.jpg", "/photos/a"), "an absolute path is one place"
    assert lies_in("/backup/photos/a/x.jpg", "photos/a"), "a part of a path may be anywhere"
    assert not lies_in("/backup/my photos/a/x.jpg", "photos/a")
    assert lies_in("/photos/x.jpg", "/")


@pytest.mark.parametrize(
    "name",
    ["Archive [2024]", "all *", "what?", "{raw}", "!best", "#1", "[a-z]", "100% own", "it's, and more"],
)
def test_every_character_of_a_path_means_itself(name):
    for path in (name, f"{name}/", f"/photos/{name}", f"/photos//{name}/", f"in/{name}", f"./{name}"):
        where = "/photos/in" if path.startswith("in/") else "/photos"
        assert lies_in(f"{where}/{name}/x.jpg", path), path
        assert not lies_in(f"{where}/{name}2/x.jpg", path), path
    assert not lies_in("/photos/all my pictures/x.jpg", "all *")
    assert not lies_in("/photos/whatX/x.jpg", "what?")
    assert not lies_in("/photos/Archive 2/x.jpg", "Archive [2024]")


@given(NAMES, NAMES, NAMES)
def test_whatever_its_name_a_folder_holds_its_files_and_its_neighbours_does_not(folder, name, other):
    assert lies_in(f"/photos/{folder}/{name}", folder)
    assert lies_in(f"/photos/{folder}/{name}", f"/photos/{folder}")
    same = [unicodedata.normalize("NFC", text) for text in (folder, other)]
    if folder.rstrip() == folder:  # blanks at the end of what was typed may be there by accident
        assert lies_in(f"/nowhere/{other}/{name}", f"/nowhere/{folder}") == (same[0] == same[1])
    assert place_fitting(f"/photos/{folder}/{name}", [folder]), "as a pattern it fits itself, too"


ODD = ["Archive ", " Archive", "~", "~root", "C:", "a:b", "caf\udce9", "caf\ufffd", "\ufffdE9", "x\ty", "..."]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("linked", [False, True])
def test_a_real_folder_of_any_name_is_protected_however_it_is_spelled(tmp_path, name, linked):
    folder, link = tmp_path / name, tmp_path / "a link"
    folder.mkdir()
    link.symlink_to(folder)
    location = printable((link if linked else folder) / "x.jpg")
    for path in (folder, f"{folder}/", printable(folder), f"{tmp_path}/b/../{name}", link, folder / "x.jpg"):
        assert lies_in(location, str(path)), path
    for path in (name, f"{tmp_path.name}/{name}"):
        assert linked or lies_in(location, path), path
    (tmp_path / "other").mkdir()
    assert not lies_in(printable(tmp_path / "other" / "x.jpg"), str(folder))


def test_slashes_of_windows_and_drive_letters():
    assert lies_in("C:\\Photos\\Archive [2024]\\x.jpg", "C:\\Photos\\Archive [2024]")
    assert lies_in("C:\\Photos\\Archive\\2024\\x.jpg", "archive/2024\\")
    assert lies_in("C:/Photos/a/x.jpg", "C:\\Photos\\a")
    assert not lies_in("D:\\Photos\\a\\x.jpg", "C:\\Photos\\a")


def test_composed_and_decomposed_letters_are_one():
    composed, decomposed = (unicodedata.normalize(form, "Zürich é") for form in ("NFC", "NFD"))
    for one, other in ((composed, decomposed), (decomposed, composed)):
        assert lies_in(f"/photos/{one}/x.jpg", other)
        assert lies_in(f"/photos/{one}/x.jpg", f"/photos/{other}")
        assert place_fitting(f"/photos/{one}/x.jpg", [f"*/{other}/*"])


def test_the_disk_says_whether_letters_of_another_case_are_another_folder(tmp_path, monkeypatch):
    (tmp_path / "Keep").mkdir()
    inside = str(tmp_path / "Keep/x.jpg")
    if not (tmp_path / "KEEP").exists():  # a disk that tells them apart
        assert not lies_in(inside, str(tmp_path / "keep"))
    assert lies_in(inside, "keep"), "a part of a path is found whatever its case"
    monkeypatch.setattr(places_module, "FOLLOWED_AGAIN", 1e-9)
    monkeypatch.setattr(os.path, "samefile", lambda one, other: one.lower() == other.lower())
    assert lies_in(inside, str(tmp_path / "keep")), "as on a disk that ignores case"


def test_links_are_followed_both_ways(tmp_path, monkeypatch):
    monkeypatch.setattr(places_module, "FOLLOWED_AGAIN", 1e-9)
    real, link = tmp_path / "archive", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    assert lies_in(str(link / "x.jpg"), str(real))
    assert lies_in(str(link / "x.jpg"), "archive")
    places_module._wanted.cache_clear()
    assert lies_in(str(real / "x.jpg"), str(link))
    link.unlink()
    link.mkdir()
    places_module._wanted.cache_clear()
    time.sleep(0.001)
    assert not lies_in(str(link / "x.jpg"), str(real))


def test_home_and_steps_up_are_understood(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    assert lies_in("/home/ann/Pictures/x.jpg", "~/Pictures")
    assert lies_in("/photos/a/x.jpg", "/photos/b/../a")
    assert lies_in("/photos/a/x.jpg", "../photos/a"), "where it begins is not known: anywhere"


def test_a_path_on_a_server_is_found_in_its_address():
    address = "https://host.example/photos/Archive%20%5B2024%5D/x.jpg"
    assert lies_in(address, "Archive [2024]")
    assert lies_in(address, "/photos/Archive [2024]/")
    assert not lies_in(address, "/Archive [2024]")
    assert lies_in(address, "host.example")


def test_an_empty_path_is_no_place():
    assert place_in("/photos/x.jpg", ["", "  ", "."]) is None
    assert place_fitting("/photos/x.jpg", ["", "/"]) is None


def test_a_pattern_has_stars_and_question_marks_only():
    assert place_fitting("/photos/2024/x.jpg", ["*/2024/*"]) == "*/2024/*"
    assert place_fitting("/photos/x (1).jpg", ["* (?).jpg"])
    assert place_fitting("/photos/Archive [2024] b/x.jpg", ["archive [2024]*"])
    assert not place_fitting("/photos/Archive 2/x.jpg", ["Archive [2024]"])


OLD = {"name": "old", "criteria": [], "protected_paths": ["/photos/Keep", "*/2019/*", "Scan[0-9]", "a?c"]}


@pytest.mark.parametrize(
    "location",
    ["/photos/Keep/x.jpg", "/photos/keep/x.jpg", "/backup/photos/keep/x.jpg", "/p/2019/x.jpg",
     "/p/scan7/x.jpg", "/p/abc/x.jpg", "/p/Scan[0-9]/x.jpg"],
)  # fmt: skip
def test_rules_of_the_earlier_form_protect_what_either_reading_protects(location):
    assert protects(Policy.of_json(OLD), location)
    again = Policy.of_json(Policy.of_json(OLD).to_json())
    assert again == Policy.of_json(OLD), "written anew they say the same"
    assert protects(again, location)


def test_rules_of_the_new_form_take_paths_for_paths():
    told = {"name": "new", "criteria": [], "protected_paths": ["a?c"], "protected_patterns": []}
    new = Policy.of_json(told)
    assert protects(new, "/p/a?c/x.jpg")
    assert not protects(new, "/p/abc/x.jpg")


def test_preferred_paths_of_the_earlier_form_with_stars_are_patterns():
    def rules(*values):
        criteria = [{"rule": "preferred path", "values": list(values)}]
        return Policy.of_json({"name": "old", "criteria": criteria}).criteria[0]

    assert rules("* small.png") == Criterion(Rule.PATTERN, values=("* small.png",))
    assert rules("Archive [2024]") == Criterion(Rule.PATH, values=("Archive [2024]",))
