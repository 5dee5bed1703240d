"""What nothing tells is left whole: pixels, format and bytes decide only between equal copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.formats import ENDINGS, FORMATS, PREFERRED, format_of, shown_name
from dupedash.keepers import PRESETS, UNSURE, Criterion, Policy, Rule, choose, equal_pairs, tells
from dupedash.keepers.names import copies_by_name, named_as_copy
from dupedash.model import ChangeKind, Edits, ImageRecord

BEST = PRESETS["Best quality"]
OVERLAY, NOISE, MIRRORED, SLIGHT = (
    ChangeKind.OVERLAY, ChangeKind.NOISE, ChangeKind.MIRRORED, ChangeKind.SLIGHT
)  # fmt: skip


def image(image_id, side=100, **more):
    more.setdefault("location", f"/pictures/{image_id}.jpg")
    return ImageRecord(id=image_id, width=side, height=side, **more)


def test_of_two_that_are_not_equal_and_show_no_sign_both_stay_however_large_one_is():
    small, large = image("a", 10, bytes=10), image("b", 900, bytes=9_000)
    choice = choose([small, large], BEST, equal=())
    assert choice.removed == ()
    assert (choice.sure, choice.decided, choice.unsure) == (False, UNSURE, {"a", "b"})
    assert choice.kept == {"a": "not sure whether it or b.jpg is the edited one"}
    told = choose([small, large], replace(BEST, decide_unsure=True), equal=())
    assert (told.keeper, [r.id for r in told.removed]) == ("b", ["a"])


def test_an_exact_copy_goes_though_the_rest_of_its_group_is_not_sure():
    members = [image("a", 10), image("b", 20), image("c", 30)]
    choice = choose(members, BEST, equal={("a", "b")})
    assert [(r.id, r.keeper) for r in choice.removed] == [("a", "b")]
    assert choice.unsure == {"b", "c"}
    assert choice.sure


def test_signs_that_contradict_each_other_say_nothing():
    both = {("a", "b"): Edits((OVERLAY,), (OVERLAY,), (NOISE,))}
    assert not choose([image("a"), image("b")], BEST, equal=(), explanations=both).sure
    circle = {pair: Edits((OVERLAY,), *told) for pair, told in (
        (("a", "b"), ((), (OVERLAY,))), (("b", "c"), ((), (OVERLAY,))), (("a", "c"), ((OVERLAY,), ()))
    )}  # fmt: skip
    choice = choose([image("a"), image("b"), image("c")], BEST, equal=(), explanations=circle)
    assert choice.removed == ()
    assert "contradicts itself" in choice.kept["b"]


def test_what_comes_after_the_first_rule_about_the_file_decides_between_equal_copies_only():
    old, new = (image(i, modified=datetime(2020, 1, n, tzinfo=UTC)) for n, i in enumerate("ab", 1))
    assert not choose([old, new], BEST, equal=()).sure
    assert choose([new, old], PRESETS["Oldest original"], equal=()).keeper == "a", "it asks for the date"


def test_what_is_protected_or_chosen_by_hand_clears_no_original_but_what_is_equal_to_it():
    copy, first = image("a", location="/safe/a.jpg"), image("b")
    guarded = replace(BEST, protected_paths=("/safe",))
    assert choose([copy, first], guarded, equal=()).removed == ()
    assert [r.id for r in choose([copy, first], guarded, equal={("a", "b")}).removed] == ["b"]
    assert [r.id for r in choose([copy, first], BEST, equal=(), pinned={"a"}).removed] == ["b"]


def test_what_a_camera_wrote_into_one_of_two_only_tells_the_original():
    heic = image("b", format="HEIC", fields={"camera": "Phone 7"})
    gif = image("a", format="GIF", bytes=9_000_000)
    choice = choose([gif, heic], BEST, equal=())
    assert [(r.id, r.why) for r in choice.removed] == [("a", "a.jpg is an edited copy (no camera data)")]


def test_a_lossless_file_with_a_compressed_ones_pixels_was_made_from_it():
    png = image("a", format="PNG", bytes=9_000, pixels="same")
    jpeg = image("b", format="JPEG", bytes=900, pixels="same")
    choice = choose([png, jpeg], BEST)
    assert choice.keeper == "b"
    assert choice.removed[0].why == "a.jpg is a copy (made from the JPEG)"
    assert choose([png, replace(jpeg, pixels="other")], BEST).keeper == "a"


def test_an_enlarged_copy_never_wins_by_its_pixels():
    small, large = image("a", 100), image("b", 200)
    enlarged = {("a", "b"): Edits((ChangeKind.RESIZED,), (), (ChangeKind.UPSCALED,))}
    pairs = equal_pairs([(("a", "b"), 0.99)], enlarged)
    assert choose([small, large], BEST, equal=pairs, explanations=enlarged).keeper == "a"
    assert choose([small, large], BEST, equal=pairs).keeper == "b"


def test_equal_is_what_scores_as_exact_and_shows_no_sign_of_an_edit():
    pair, other = ("a", "b"), ("a", "c")
    assert equal_pairs([(pair, 0.95), (other, 0.94)], {}) == {pair}
    assert equal_pairs([(pair, 0.99)], {pair: Edits((ChangeKind.RE_ENCODED,))}) == {pair}
    assert equal_pairs([(pair, 0.99)], {pair: Edits((SLIGHT,))}) == frozenset()
    assert equal_pairs([(pair, 0.99)], {pair: Edits((NOISE,), (), (NOISE,))}) == frozenset()
    assert tells(Edits((NOISE,), (), (NOISE,)), exact=False)
    assert not tells(Edits((MIRRORED,)), exact=True)


def test_of_nine_hundred_identical_files_one_stays_though_few_pairs_are_listed():
    files = [image(f"{n:03}", content="same", location=f"/p/{n}.jpg") for n in range(900)]
    choice = choose(files, BEST, links=[("000", "001"), ("000", "002")], equal=())
    assert (len(choice.removed), choice.kept) == (899, {})


def test_what_is_known_of_one_twin_holds_for_all():
    twins = [image(i, content="same") for i in "ab"]
    choice = choose([*twins, image("c", 900)], BEST, links=[("b", "c")], equal=(), explanations={
        ("b", "c"): Edits((OVERLAY,), (), (OVERLAY,))})  # fmt: skip
    assert {(r.id, r.keeper) for r in choice.removed} == {("b", "a"), ("c", "a")}


def test_what_goes_before_a_head_goes_before_its_twins():
    members = [image("a", 10, content="same"), image("b", 10, content="same"), image("c", 90)]
    choice = choose(members, BEST, links=list(combinations("abc", 2)), equal={("a", "c"), ("b", "c")})
    assert {(r.id, r.keeper) for r in choice.removed} == {("a", "c"), ("b", "c")}


def test_reasons_that_look_the_same_show_more_digits():
    moment = datetime(2020, 1, 1, 1, 8, 9, 250_000, tzinfo=UTC)
    members = [image("a", modified=moment + timedelta(milliseconds=500)), image("b", modified=moment)]
    why = choose(members, Policy("t", (Criterion(Rule.OLDEST),))).why
    assert why == "kept because 2020-01-01 01:08:09.250000 is older than 2020-01-01 01:08:09.750000"
    sizes = [image("a", bytes=1_234_567), image("b", bytes=1_234_568)]
    assert "1,234,568 bytes beats 1,234,567 bytes" in choose(sizes, Policy("t", (Criterion(Rule.BYTES),))).why


COPIES = [
    "100 (1).jpg", "101-Copy(1).jpg", "102 - Copy.jpg", "Copy of x.jpg", "x copy 2.jpg", "x (copy).png",
    "Kopie von x.jpg", "x - Kopie (2).jpg", "Copie de x.jpg", "Copia di x.jpg", "x — копия.jpg", "x~2.jpg",
    "xのコピー.jpg",
]  # fmt: skip
PLAIN = ["100.jpg", "copyright.jpg", "copy.jpg", "IMG_1234.jpg", "copy machine.jpg", "party (2019).jpg"]


def test_names_of_copies_are_known_in_many_languages():
    assert [name for name in COPIES if not named_as_copy(name)] == []
    assert [name for name in PLAIN if named_as_copy(name)] == []
    assert copies_by_name(["x.jpg", "x_1.jpg", "y_1.jpg"]) == {"x_1.jpg"}


@pytest.mark.parametrize("copy", [*COPIES, "100_1.jpg"])
def test_where_all_else_is_equal_the_plain_name_stays(copy):
    for plain, named in (("a", "b"), ("b", "a")):
        members = [image(plain, location="/p/100.jpg"), image(named, location=f"/p/{copy}")]
        choice = choose(members, BEST)
        assert (choice.keeper, choice.decided) == (plain, "plain name")
        assert choice.removed[0].why == f"{copy} is named as a copy"


def test_every_format_is_named_once_and_found_by_each_of_its_names():
    assert shown_name("HEIF") == "HEIC"
    assert shown_name("MPO") == "JPEG"
    assert format_of("jpg") is format_of("JPEG")
    assert PREFERRED.index("HEIC") < PREFERRED.index("JPEG") < PREFERRED.index("GIF")
    assert len(ENDINGS) == sum(len(format_.endings) for format_ in FORMATS)
    earlier = Policy("t", (Criterion(Rule.FORMAT, values=("HEIF", "GIF")),))
    assert choose([image("a", format="GIF"), image("b", format="HEIC")], earlier).keeper == "b"


SIGNS = st.sampled_from([(), (OVERLAY,), (NOISE,)])


@st.composite
def groups(draw):
    ids = draw(st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=7, unique=True))
    members = [
        image(
            i, draw(st.sampled_from([1, 2])), content=draw(st.sampled_from([None, "x", "y"])),
            fields=draw(st.sampled_from([{}, {"camera": "Box"}])),
        )
        for i in ids
    ]  # fmt: skip
    pairs = st.sampled_from(list(combinations(sorted(ids), 2)))
    links = draw(st.lists(pairs, max_size=12, unique=True))
    why = {pair: Edits((), draw(SIGNS), draw(SIGNS)) for pair in links if draw(st.booleans())}
    equal = equal_pairs(((pair, draw(st.sampled_from([0.8, 0.99]))) for pair in links), why)
    return members, links, equal, why, draw(st.randoms())


@given(groups())
def test_what_goes_is_equal_to_or_edited_from_one_that_stays_whatever_the_order(group):
    members, links, equal, why, shuffler = group
    choice = choose(members, BEST, links=links, equal=equal, explanations=why)
    by_id = {m.id: m for m in members}
    staying = by_id.keys() - {r.id for r in choice.removed}
    contents = {m.content for m in members if m.content and m.id in staying}
    for removal in choice.removed:
        gone, kept = by_id[removal.id], by_id[removal.keeper]
        assert kept.id in staying
        twins = gone.content is not None and gone.content in contents
        assert twins or "edited copy" in removal.why or equal, removal
    shuffled = list(members)
    shuffler.shuffle(shuffled)
    assert choose(shuffled, BEST, links=links[::-1], equal=equal, explanations=why) == choice


@given(groups())
def test_no_group_without_equal_copies_and_signs_is_cleared_unless_told(group):
    members, links, _, _, _ = group
    plain = [replace(m, content=None, fields={}) for m in members]
    assert choose(plain, BEST, links=links, equal=()).removed == ()
    told = choose(plain, replace(BEST, decide_unsure=True), links=links, equal=())
    assert bool(told.removed) == bool(links)


@pytest.mark.parametrize(
    ("whole", "lacking", "words"),
    [
        ({}, {"damage": "its end is missing"}, "damaged"),
        ({"has_video": True}, {}, "without its video"),
        ({"frame_count": 8}, {"frame_count": 5}, "fewer frames or pages"),
        ({"frame_count": 2}, {}, "fewer frames or pages"),
        ({"camera": "Canon"}, {}, "no camera data"),
    ],
)
@pytest.mark.parametrize("pixels", ["same", None])
def test_a_file_that_lacks_something_goes_however_large_it_is(whole, lacking, words, pixels):
    members = [
        image("a", 20, bytes=9_000, format="JPEG", fields=lacking, pixels=pixels),
        image("b", 20, bytes=10, format="JPEG", fields=whole, pixels=pixels),
    ]
    choice = choose(members, BEST)
    assert (choice.keeper, [removed.id for removed in choice.removed]) == ("b", ["a"])
    assert words in choice.why


def test_a_still_beside_an_animation_is_a_picture_of_its_own():
    members = [image("a", format="PNG"), image("b", format="GIF", fields={"frame_count": 8})]
    assert not choose(members, BEST, equal=()).sure


def test_damage_is_no_metadata():
    members = [image("a", fields={"damage": "its end is missing"}), image("b", fields={"title": "Lake"})]
    richest = PRESETS["Richest metadata"]
    assert choose(members, replace(richest, criteria=richest.criteria[:1])).keeper == "b"
    members = [image("a", fields={"damage": "its end is missing"}), image("b", fields={})]
    assert choose(members, richest).keeper == "b"


def test_a_lossless_copy_of_a_heic_takes_it_from_no_smaller_copy():
    """What was seen in the PNG is told of the HEIC, too, since they have the same pixels."""
    heic = image("a", 20, format="HEIC", pixels="same", bytes=90)
    png = image("b", 20, format="PNG", pixels="same", bytes=400)
    jpeg = image("c", 20, format="JPEG", bytes=40)
    made = Edits((ChangeKind.RE_ENCODED,), (ChangeKind.CONVERTED,), ())
    choice = choose([heic, png, jpeg], BEST, explanations={("a", "c"): made, ("b", "c"): made})
    assert (choice.keeper, {removed.id for removed in choice.removed}) == ("a", {"b", "c"})


def test_a_twin_goes_with_its_head_though_its_own_format_is_the_better_one():
    small, large = (image(i, 20, format="HEIC", pixels=i, bytes=n) for i, n in (("a", 80), ("b", 100)))
    png = image("c", 20, format="PNG", pixels="a", bytes=400)
    choice = choose([small, large, png], BEST)
    assert (choice.keeper, {removed.id for removed in choice.removed}) == ("b", {"a", "c"})
    assert {removed.why for removed in choice.removed} == {
        "100 bytes beats 80 bytes",
        "b.jpg goes before a.jpg, its twin",
    }
