"""What belongs to a picture is found by its name: sidecars, Live partners, RAW partners."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dupedash.actions import GroupToClear, Head, Plan, StepKind, Wish, draw_plan
from dupedash.actions.files import companions as companions_module
from dupedash.actions.files.companions import companions
from dupedash.model import ImageRecord
from tests.acting import place

__all__ = ["place"]


def beside(folder: Path, picture: str, *others: str) -> list[str]:
    for name in (picture, *others):
        (folder / name).touch()
    return [os.path.basename(found) for found in companions(str(folder / picture))]


@pytest.mark.parametrize(
    ("picture", "companion"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.xmp"),
        ("IMG_1.jpg", "IMG_1.xmp"),
        ("IMG_1.HEIC", "IMG_1.AAE"),
        ("IMG_1.HEIC", "IMG_1.MOV"),
        ("IMG_1.jpg", "img_1.mp4"),
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-me.json"),
        ("IMG_1(2).jpg", "IMG_1.jpg(2).json"),
        ("IMG_1.JPG", "IMG_1.CR3"),
        ("IMG_1.dng", "IMG_1.jpg"),
        ("IMG_1.png", "IMG_1.png.pp3"),
        ("by [ann] 100%.jpg", "by [ann] 100%.jpg.xmp"),
        ("Zürich.tar.jpg", "Zürich.tar.xmp"),
    ],
)
def test_what_belongs_to_a_picture_is_found_by_its_name(tmp_path, picture, companion):
    assert beside(tmp_path, picture, companion) == [companion]


@pytest.mark.parametrize(
    "other", ["IMG_10.xmp", "IMG_1.png", "IMG_1 2.xmp", "IMG.xmp", "IMG_1.txt", "IMG_1.jpg.jpg", "xIMG_1.mov"]
)
def test_what_belongs_to_another_file_or_is_a_picture_is_not(tmp_path, other):
    assert beside(tmp_path, "IMG_1.jpg", other) == []


def test_a_name_that_is_no_text_is_found_too(tmp_path):
    folder = os.fsencode(tmp_path)
    for name in (b"caf\xe9.jpg", b"caf\xe9.jpg.xmp"):
        Path(os.fsdecode(folder + b"/" + name)).touch()
    sidecar = (f"{tmp_path}/caf\ufffdE9.jpg.xmp",)
    assert companions(f"{tmp_path}/caf\ufffdE9.jpg") == sidecar
    assert companions(f"{tmp_path}/caf%E9.jpg") == sidecar, "so version 0.1 stored it"


def test_a_folder_is_listed_again_where_it_changed_and_only_then(tmp_path, monkeypatch):
    monkeypatch.setattr(companions_module, "LISTED_AGAIN", 0)
    assert beside(tmp_path, "a.jpg") == []
    (tmp_path / "a.xmp").touch()
    assert beside(tmp_path, "a.jpg") == ["a.xmp"]
    os.utime(tmp_path, ns=(1, 1))
    assert beside(tmp_path, "a.jpg") == ["a.xmp"]
    listed = []
    monkeypatch.setattr(companions_module, "_listed", listed.append)
    assert [os.path.basename(found) for found in companions(str(tmp_path / "a.jpg"))] == ["a.xmp"]
    assert listed == []


def test_an_address_or_a_folder_that_is_gone_has_none():
    assert companions("https://host.example/photos/IMG_1.jpg") == ()
    assert companions("/nowhere/at/all/IMG_1.jpg") == ()


def test_a_plan_names_what_goes_along_and_what_stays_behind_and_keeps_that_in_its_json(place):
    place.fill(("a.jpg", "b.jpg"))
    for name in ("a.mov", "b.jpg.xmp", "b.mov"):
        (place.folder / name).touch()
    plan = place.plan(("a.jpg", "b.jpg"))
    assert [step.beside for step in plan.steps] == [(str(place.folder / "b.mov"),)], (
        "it does not say how long"
    )
    assert [[c.location for c in s.along] for s in plan.steps] == [[str(place.folder / "b.jpg.xmp")]]
    assert (plan.beside, plan.along) == (1, 1)
    assert Plan.of_json(plan.to_json()) == plan
    earlier = plan.to_json()
    del earlier["steps"][0]["beside"], earlier["steps"][0]["along"]
    assert (Plan.of_json(earlier).beside, Plan.of_json(earlier).along) == (0, 0)
    assert place.plan(("a.jpg", "b.jpg"), action=StepKind.HARDLINK).beside == 0, "the name stays there"


def test_what_goes_by_the_same_plan_does_not_stay_behind(tmp_path):
    names = ("a.jpg", "b.jpg", "c.dng", "b.dng", "b.xmp")
    for name in names:
        (tmp_path / name).touch()
    images = [ImageRecord(name, str(tmp_path / name), content=name) for name in names[:4]]
    groups = [GroupToClear(pair[0].id, pair, None) for pair in (tuple(images[:2]), tuple(images[2:]))]
    head = Head("1", datetime.now(UTC), "c", "embedded", "scan", 0.7, (str(tmp_path),))
    plan = draw_plan(groups, Wish(pinned=frozenset({"a.jpg", "c.dng"})), head)
    assert {step.id: [c.location for c in step.along] for step in plan.steps} == {
        "b.jpg": [str(tmp_path / "b.xmp")],
        "b.dng": [str(tmp_path / "b.xmp")],
    }
    assert (plan.beside, plan.along) == (0, 1)
