"""Folders against folders: the figures are those of counting by hand, and clearing one harms no other."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.actions import FolderSides, Head, Journal, StepKind, Wish, draw_plan, groups_to_clear
from dupedash.errors import ConfigError
from dupedash.folders import Shelf, between, lists, one_way, shared_folders, shelf
from dupedash.folders.tree import folder_of, tree_of
from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.keepers import PRESETS, Policy
from dupedash.model import ChangeKind, Edits
from dupedash.review import Decisions, ReviewStore, Verdict, image_key
from dupedash.scans import MatchEdits
from tests.acting import Place, place

__all__ = ["place"]


def put(places: dict[str, str], pairs, content: dict[str, str] | None = None, threshold=0.7) -> Shelf:
    """id → location; pairs of ids with scores; id → what files of the same pixels have in common."""
    cut = DuplicateGraph(Matches.of(pairs)).cut(threshold)
    ids = list(places)
    keys = [(content or {}).get(i) for i in ids]
    return shelf(ids, list(places.values()), keys, np.full(len(ids), 10, np.int64), cut)


def backup(count: int = 4) -> tuple[dict[str, str], list[tuple[str, str, float]]]:
    """Photos in two folders of years, all of them in a backup, too, and a few more that are nowhere else."""
    years = {n: 2018 + n % 2 for n in range(count)}
    places = {f"p{n}": f"/photos/{year}/{n}.jpg" for n, year in years.items()}
    places |= {f"b{n}": f"/old/backup/{year}/{n}.jpg" for n, year in years.items()}
    places |= {"x": "/photos/2019/x.jpg", "y": "/elsewhere/y.jpg"}
    return places, [(f"p{n}", f"b{n}", 0.9) for n in range(count)]


# --- the figures -----------------------------------------------------------------------------------------


def test_two_trees_that_hold_the_same_are_told_once_and_at_their_top():
    (found,) = shared_folders(put(*backup()))
    assert (found.folder, found.other) == ("/old/backup", "/photos")
    assert (found.shared, found.images, found.only, found.share) == (4, 4, 0, 1.0)
    assert (found.other_shared, found.other_images, found.bytes) == (4, 5, 40)


def test_where_little_of_the_whole_is_shared_the_folders_within_are_told():
    places = {f"a{n}": f"/a/one/{n}.jpg" for n in range(3)} | {f"b{n}": f"/b/two/{n}.jpg" for n in range(3)}
    places |= {f"m{n}": f"/a/many/{n}.jpg" for n in range(9)}
    (found,) = shared_folders(put(places, [(f"a{n}", f"b{n}", 1.0) for n in range(3)]))
    assert (found.folder, found.other, found.share) == ("/b/two", "/a/one", 1.0)


def test_what_could_go_comes_first():
    places = {"a": "/few/a", "b": "/x/a", "c": "/many/c", "d": "/many/d", "e": "/y/c", "f": "/y/d"}
    found = shared_folders(put(places, [("a", "b", 1.0), ("c", "e", 1.0), ("d", "f", 1.0)]))
    assert [(s.folder, s.shared) for s in found] == [("/y", 2), ("/x", 1)]


def test_matches_below_the_threshold_share_nothing():
    places, pairs = backup()
    assert shared_folders(put(places, pairs, threshold=0.95)) == []


def test_of_many_identical_files_all_count_though_the_scan_lists_few_pairs():
    places = {str(n): f"/{folder}/{n}" for n, folder in enumerate(["a", "a", "b", "b", "c"])}
    star = [("0", other, 1.0) for other in "1234"]
    shown = put(places, star, dict.fromkeys("01234", "same"))
    told = {(s.folder, s.other, s.shared, s.other_shared) for s in shared_folders(shown)}
    assert told == {("/b", "/a", 2, 2), ("/a", "/c", 2, 1), ("/b", "/c", 2, 1)}


def test_a_picture_in_thousands_of_folders_makes_no_list_of_millions():
    places = {f"{n}": f"/shop/{n}/logo.png" for n in range(3000)}
    places |= {"a": "/shop/1/a.png", "b": "/shop/2/b.png"}
    star = [("0", str(n), 1.0) for n in range(1, 3000)]
    (found,) = shared_folders(
        put(places, [*star, ("a", "b", 1.0)], dict.fromkeys(map(str, range(3000)), "logo"))
    )
    assert (found.shared, found.other_shared) == (2, 2)


def test_a_folder_in_another_counts_by_itself():
    places = {"a": "/photos/a", "b": "/photos/copies/a", "c": "/photos/copies/c"}
    shown = put(places, [("a", "b", 1.0)])
    told = one_way(shown, "/photos/copies", "/photos")
    assert (told.images, told.shared, told.other_images, told.other_shared) == (2, 1, 1, 1)
    (found,) = shared_folders(shown)
    assert found == told.turned(), "all of the outer one is in the inner one"
    assert found.nested
    assert not between(put(*backup()), "/old/backup", "/photos").nested
    with pytest.raises(ConfigError, match="same images"):
        one_way(shown, "/photos", "/photos/")
    with pytest.raises(ConfigError, match="/nowhere"):
        one_way(shown, "/nowhere", "/photos")


def test_the_lists_name_what_is_in_both_with_its_match_and_what_is_in_one_only():
    places = {"a": "/a/1", "b": "/a/2", "c": "/a/3", "x": "/b/1", "y": "/b/9", "z": "/c/3"}
    shown = put(places, [("a", "x", 0.8), ("a", "y", 0.9), ("c", "z", 1.0)])
    found = lists(shown, "/a", "/b")
    assert [shown.ids[n] for n in found.both] == ["a"]
    assert [shown.ids[n] for n in found.partner] == ["y"]
    assert found.score[0] == pytest.approx(0.9)
    assert [(shown.ids[n], third) for n, third in zip(found.only, found.elsewhere, strict=True)] == [
        ("b", False), ("c", True)
    ]  # fmt: skip
    assert one_way(shown, "/a", "").shared == 2


names = st.sampled_from(["/a", "/a/x", "/a/x/y", "/a/z", "/b", "/b/x", "/b/q/r", "https://h/p", "", "c:"])
shelves = st.lists(names, min_size=1, max_size=14).flatmap(
    lambda folders: st.tuples(
        st.just(folders),
        st.lists(
            st.tuples(st.integers(0, len(folders) - 1), st.integers(0, len(folders) - 1),
                      st.sampled_from([0.6, 0.8, 1.0])), max_size=20,
        ),
        st.lists(st.sampled_from("uvw "), min_size=len(folders), max_size=len(folders)),
    )
)  # fmt: skip


@given(shelves)
def test_the_figures_are_those_of_counting_by_hand(drawn):
    folders, pairs, content = drawn
    ids = [f"{n:02}" for n in range(len(folders))]
    places = {i: f"{folder}/{i}.jpg" for i, folder in zip(ids, folders, strict=True)}
    matches = Matches.of([(ids[a], ids[b], s) for a, b, s in pairs])
    cut = DuplicateGraph(matches).cut(0.7)
    shown = put(places, [(ids[a], ids[b], s) for a, b, s in pairs],
                {i: key for i, key in zip(ids, content, strict=True) if key.strip()})  # fmt: skip
    alike = {
        (a, b)
        for a in range(len(ids))
        for b in range(len(ids))
        if a != b and by_hand(shown, cut, matches, a, b)
    }
    told = shared_folders(shown)
    for found in told:
        here, there = ({n for n, i in enumerate(ids) if within(places[i], path)}
                       for path in (found.folder, found.other))  # fmt: skip
        assert (here - there) or (there - here)
        here, there = here - there or here, there - here or there  # an image counts for the inner folder
        assert found.images == len(here)
        assert found.other_images == len(there)
        assert found.shared == len({a for a, b in alike if a in here and b in there}) > 0
        assert found.other_shared == len({a for a, b in alike if a in there and b in here})
        assert found.share >= found.other_shared / found.other_images
    assert bool(told) == any(folder_of(places[ids[a]]) != folder_of(places[ids[b]]) for a, b in alike)
    assert len({frozenset((f.folder, f.other)) for f in told}) == len(told)


def within(location: str, path: str) -> bool:
    return location.startswith(path.rstrip("/") + "/")


def by_hand(shown, cut, matches, a: int, b: int) -> bool:
    """Whether two images match, or images with their pixels do."""
    groups = [cut.find(shown.ids[n]) for n in (a, b)]
    if groups[0] is None or groups[0] != groups[1]:
        return False
    return shown.picture[a] == shown.picture[b] or any(
        {shown.picture[shown.ids.index(matches.ids[x])], shown.picture[shown.ids.index(matches.ids[y])]}
        == {shown.picture[a], shown.picture[b]}
        for x, y, s in zip(matches.a, matches.b, matches.score, strict=True) if s >= np.float32(0.7)
    )  # fmt: skip


@given(st.lists(names, min_size=1, max_size=12))
def test_folders_are_numbered_so_that_what_lies_in_one_follows_it(folders):
    tree, home = tree_of(f"{folder}/x.jpg" for folder in folders)
    assert [tree.paths[n] or "/" for n in home] == [folder or "/" for folder in folders]
    for number, path in enumerate(tree.paths):
        inside = [other for other in range(len(tree)) if number <= other < tree.end[number]]
        expected = [n for n, other in enumerate(tree.paths)
                    if not number or other == path or other.startswith(path.rstrip("/") + "/")]  # fmt: skip
        assert inside == expected


def test_windows_paths_and_addresses_have_folders_too():
    places = {
        "a": r"C:\one\a.jpg",
        "b": r"C:\two\a.jpg",
        "c": "https://host/p/c.jpg",
        "d": "https://other/c.jpg",
    }
    found = shared_folders(put(places, [("a", "b", 1.0), ("c", "d", 1.0)]))
    assert {frozenset((s.folder, s.other)) for s in found} == {
        frozenset(("C:\\one", "C:\\two")), frozenset(("https://host/p", "https://other"))
    }  # fmt: skip


# --- clearing one folder ---------------------------------------------------------------------------------


def plan_of(
    place: Place, pairs, folder: str, other: str = "", edits=None, decisions=None, policy=None, **wished
):
    """What the plan moves away, by file name."""
    matches = Matches.of(pairs)
    known = decisions or Decisions()
    groups = groups_to_clear(matches, 0.7, place.collection, known, edits)
    records = place.collection.records(place.collection.ids())
    shown = shelf(
        [r.id for r in records], [r.location for r in records], [r.pixels or r.content for r in records],
        np.array([r.bytes for r in records]), DuplicateGraph(matches).cut(0.7),
    )  # fmt: skip
    paths = [str(place.folder / name) if name else "" for name in (folder, other)]
    sides = FolderSides.of(shown, *paths)
    narrowed = sides.narrowed_all(groups, known, place.collection.name)
    wish = Wish(policy=policy or PRESETS["Best quality"], **wished)
    return draw_plan(narrowed, wish, Head.now(place.collection, "scan", 0.7))


def test_a_folder_is_cleared_where_the_other_one_has_its_images(place):
    place.fill(["one/a.jpg", "one/b.jpg", "two/c.jpg", "two/d.jpg", "three/e.jpg"])
    plan = plan_of(
        place, [("a.jpg", "c.jpg", 1.0), ("a.jpg", "e.jpg", 1.0), ("b.jpg", "e.jpg", 1.0)], "one", "two"
    )
    assert [(s.id, s.keeper) for s in plan.steps] == [("a.jpg", "c.jpg")]
    assert {m.id for g in plan.groups for m in g.members} == {"a.jpg", "c.jpg"}
    (group,) = plan.groups
    assert str(place.folder / "two") in group.why


def test_the_best_pixels_of_a_folder_that_is_cleared_take_no_place_in_the_one_that_stays(place):
    place.fill(["one/a.jpg", "two/c.jpg"])
    plan = plan_of(place, [("a.jpg", "c.jpg", 1.0)], "one", "two", best_pixels=True)
    assert [(step.kind, step.id) for step in plan.steps] == [(StepKind.QUARANTINE, "a.jpg")]


def test_without_another_folder_every_other_place_counts(place):
    place.fill(["one/a.jpg", "one/b.jpg", "one/f.jpg", "two/c.jpg", "three/e.jpg"])
    pairs = [("a.jpg", "c.jpg", 1.0), ("b.jpg", "e.jpg", 1.0), ("b.jpg", "f.jpg", 1.0)]
    assert {s.id for s in plan_of(place, pairs, "one").steps} == {"a.jpg", "b.jpg"}


def test_an_image_stays_where_the_other_folder_has_only_an_edited_copy_of_it(place):
    place.fill(["one/a.jpg", "two/c.jpg"])
    edited = Edits((ChangeKind.CROPPED,), (), (ChangeKind.CROPPED,))

    def tell(matches):
        return MatchEdits(np.ones(len(matches), np.int32), (None, edited))

    pairs = [("a.jpg", "c.jpg", 0.8)]
    assert plan_of(place, pairs, "one", "two", tell).steps == ()
    assert [s.id for s in plan_of(place, pairs, "two", "one", tell).steps] == ["c.jpg"]


def test_protected_images_and_decisions_hold_when_a_folder_is_cleared(place):
    place.fill(["one/a.jpg", "one/b.jpg", "two/c.jpg", "two/d.jpg"])
    pairs = [("a.jpg", "c.jpg", 1.0), ("b.jpg", "d.jpg", 1.0)]
    guarded = Policy("guarded", PRESETS["Best quality"].criteria, protected_paths=("one/a.jpg",))
    assert [s.id for s in plan_of(place, pairs, "one", "two", policy=guarded).steps] == ["b.jpg"]
    reviews = ReviewStore(place.workspace.reviews)
    keys = [image_key(r, "tiny") for r in place.collection.records(["b.jpg", "d.jpg"])]
    reviews.decide(keys, Verdict.KEEP_ALL, who="Ann", expected_revision=0)
    assert [s.id for s in plan_of(place, pairs, "one", "two", decisions=reviews.load()).steps] == ["a.jpg"]


def test_identical_files_go_for_one_that_stays_though_the_scan_links_them_through_a_third_place(place):
    place.fill(["one/a.jpg", "one/b.jpg", "two/c.jpg", "three/e.jpg"])
    data = (place.folder / "one/a.jpg").read_bytes()
    for name in ("one/b.jpg", "two/c.jpg", "three/e.jpg"):
        (place.folder / name).write_bytes(data)
    place.collection.index()
    star = [("e.jpg", other, 1.0) for other in ("a.jpg", "b.jpg", "c.jpg")]
    plan = plan_of(place, star, "one", "two")
    assert {(s.id, s.keeper) for s in plan.steps} == {("a.jpg", "c.jpg"), ("b.jpg", "c.jpg")}


def test_nothing_goes_for_another_image_of_the_same_folder(place):
    """Both match something in the other folder, where nothing tells which of the two is the edited one."""
    place.fill(["one/a.jpg", "one/b.jpg", "two/c.jpg"])
    (place.folder / "one/b.jpg").write_bytes((place.folder / "one/a.jpg").read_bytes())
    place.collection.index()
    pairs = [("a.jpg", "b.jpg", 1.0), ("a.jpg", "c.jpg", 0.8), ("b.jpg", "c.jpg", 0.8)]
    assert plan_of(place, pairs, "one", "two").steps == ()


def test_a_cleared_folder_comes_back_as_it_was(place):
    place.fill(["one/a.jpg", "one/b.jpg", "two/c.jpg", "two/d.jpg"])
    before = place.look()
    journal = Journal.create(place.workspace, plan_of(place, [("a.jpg", "c.jpg", 1.0)], "one", "two"))
    assert place.apply(journal).failed == ()
    assert not (place.folder / "one/a.jpg").exists()
    assert place.undo(journal).failed == ()
    assert place.look() == before


def test_the_better_told_side_of_two_folders_comes_first():
    shown = put(*backup())
    assert between(shown, "/photos", "/old/backup").folder == "/old/backup"
    assert json.dumps(between(shown, "/photos", "/old").share) == "1.0"
