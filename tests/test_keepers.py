"""The keeper is chosen by ordered rules, with reasons; nothing goes that does not match what stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.errors import ConfigError
from dupedash.keepers import PRESETS, Criterion, Policy, ProtectedField, Rule, choose, preset
from dupedash.model import ChangeKind, Explanation, ImageRecord


def image(image_id, width=100, height=100, **more):
    more.setdefault("location", f"/pictures/{image_id}.jpg")
    return ImageRecord(id=image_id, width=width, height=height, **more)


def policy(*criteria, **more):
    return Policy("test", criteria, **more)


def day(number):
    return datetime(2020, 1, number, tzinfo=UTC)


CROPPED, BORDERED, MIRRORED = ChangeKind.CROPPED, ChangeKind.BORDERED, ChangeKind.MIRRORED
MADE_FROM = {
    ("a", "b"): Explanation((CROPPED,), overlap_a=0.7, edited_b=(CROPPED,)),
    ("a", "c"): Explanation((ChangeKind.PART_OF,), overlap_b=0.3, edited_a=(CROPPED,)),
}
TABLE = [
    (Criterion(Rule.PIXELS), image("a", 10, 10), image("b", 20, 20), "20×20 beats 10×10"),
    (Criterion(Rule.BYTES), image("a", bytes=900), image("b", bytes=1_200_000), "1.2 MB beats 900 bytes"),
    (
        Criterion(Rule.FORMAT, values=("PNG", "JPEG")),
        image("a", format="jpeg"),
        image("b", format="PNG"),
        "PNG is preferred over JPEG",
    ),
    (
        Criterion(Rule.OLDEST),
        image("a", modified=day(2)),
        image("b", modified=day(1)),
        "2020-01-01 00:00:00 is older than 2020-01-02 00:00:00",
    ),
    (
        Criterion(Rule.NEWEST, "taken"),
        image("a", fields={"taken": day(1)}),
        image("b", fields={"taken": day(2)}),
        "2020-01-02 00:00:00 is newer than 2020-01-01 00:00:00",
    ),
    (
        Criterion(Rule.METADATA),
        image("a", fields={"title": ""}),
        image("b", fields={"title": "sea", "labels": ("x", "y")}),
        "2 filled fields are more than 0 filled fields",
    ),
    (
        Criterion(Rule.PATH, values=("originals",)),
        image("a"),
        image("b", location="/pictures/Originals/b.jpg"),
        "a place in originals is preferred over another place",
    ),
    (
        Criterion(Rule.NOT_PATTERN, values=("tmp/*", "* (1).jpg")),
        image("a", location="/pictures/a (1).jpg"),
        image("b"),
        "another place is preferred over a place in * (1).jpg",
    ),
    (
        Criterion(Rule.FIELD, "status", ("approved", "draft")),
        image("a", fields={"status": ("draft", "old")}),
        image("b", fields={"status": "approved"}),
        "status approved is preferred over status draft",
    ),
]


@pytest.mark.parametrize(
    ("criterion", "loser", "winner", "words"), TABLE, ids=[str(row[0].rule) for row in TABLE]
)
def test_each_criterion_prefers_what_its_name_says_and_says_so(criterion, loser, winner, words):
    choice = choose([loser, winner], policy(criterion))
    assert choice.keeper == "b"
    assert choice.why == f"kept because {words}"
    assert choice.decided == criterion.label
    assert [(r.id, r.keeper, r.why) for r in choice.removed] == [("a", "b", words)]


def test_what_is_unknown_loses_against_what_is_known():
    assert choose([image("a", None, None), image("b", 1, 1)], policy(Criterion(Rule.PIXELS))).keeper == "b"


def test_the_original_is_the_one_that_the_others_are_edited_copies_of():
    members = [image("a"), image("b"), image("c")]
    choice = choose(members, policy(Criterion(Rule.ORIGINAL)), explanations=MADE_FROM)
    assert choice.keeper == "c"  # a is a part of c, b is cropped from a
    assert choice.why == "kept because a.jpg is an edited copy (cropped)"


def original(*members, **why):
    """The keeper among these by that rule alone, and what decided; `why`: ab=the explanation of a and b …"""
    told = {tuple(pair): explanation for pair, explanation in why.items()}
    choice = choose(members, policy(Criterion(Rule.ORIGINAL)), explanations=told)
    return choice.keeper if choice.decided != "first id" else None


@pytest.mark.parametrize("kind", [CROPPED, BORDERED, ChangeKind.OVERLAY, ChangeKind.GRAY])
def test_the_edited_one_of_two_goes_whatever_the_order_in_which_it_is_told(kind):
    a, b = image("a"), image("b")
    assert original(a, b, ab=Explanation((), edited_b=(kind,))) == "a"
    assert original(a, b, ab=Explanation((), edited_a=(kind,))) == "b"
    assert original(a, b, ab=Explanation((kind,), edited_a=(kind,), edited_b=(kind,))) is None
    assert original(a, b, ab=Explanation((kind,), overlap_a=0.6)) is None, "nothing was added or cut"


def test_of_two_shapes_the_one_that_no_camera_makes_is_the_stretched_one():
    usual, odd, other = (300, 200), (300, 174), (400, 300)
    told = Explanation((ChangeKind.STRETCHED,))
    assert original(image("a", *odd), image("b", *usual), ab=told) == "b"
    assert original(image("a", *usual), image("b", *odd), ab=told) == "a"
    assert original(image("a", *usual), image("b", *other), ab=told) is None
    assert original(image("a", None, None), image("b", *odd), ab=told) is None
    assert original(image("a", *odd), image("b", *usual), ab=Explanation()) is None


def test_what_is_mirrored_is_told_by_the_others():
    a, b, c = image("a"), image("b"), image("c")
    turned = Explanation((MIRRORED,))
    assert original(a, b, ab=turned) is None
    plain = Explanation((ChangeKind.RE_ENCODED,))
    choice = choose([a, b, c], policy(Criterion(Rule.ORIGINAL)), explanations={
        ("a", "b"): turned, ("a", "c"): turned, ("b", "c"): plain})  # fmt: skip
    assert choice.keeper == "b"
    assert {r.id: r.why for r in choice.removed}["a"] == (
        "a.jpg is an edited copy (mirrored)"
    )


def test_a_tie_is_named_and_the_next_criterion_decides():
    members = [image("a", format="PNG", modified=day(2)), image("b", format="PNG", modified=day(1))]
    rules = policy(Criterion(Rule.PIXELS), Criterion(Rule.FORMAT, values=("PNG",)), Criterion(Rule.OLDEST))
    choice = choose(members, rules)
    assert choice.why.startswith("kept because tie on pixels, format → 2020-01-01")
    assert choice.decided == "oldest"


def test_three_images_are_narrowed_down_criterion_by_criterion():
    members = [image("a", 9, 9, bytes=1), image("b", 9, 9, bytes=2), image("c", 3, 3, bytes=9)]
    choice = choose(members, policy(Criterion(Rule.PIXELS), Criterion(Rule.BYTES)))
    assert choice.why == "kept because 9×9 beats 3×3; 2 bytes beats 1 bytes"
    assert {r.id: r.why for r in choice.removed} == {"a": "2 bytes beats 1 bytes", "c": "9×9 beats 3×3"}


def test_images_alike_by_every_rule_keep_the_first_id():
    choice = choose([image("b"), image("a")], policy(Criterion(Rule.PIXELS)))
    assert (choice.keeper, choice.decided) == ("a", "first id")


def test_a_protected_image_is_the_keeper_and_all_protected_ones_stay():
    members = [
        image("a", 900, 900),
        image("b", location="/safe/b.jpg"),
        image("c", fields={"rights": "Owned"}),
    ]
    rules = policy(
        Criterion(Rule.PIXELS),
        protected_patterns=("/safe/*",),
        protected_fields=(ProtectedField("rights", "owned"),),
    )
    choice = choose(members, rules)
    assert choice.keeper == "b"
    assert choice.kept == {"c": "rights owned is protected"}
    assert [r.id for r in choice.removed] == ["a"]
    assert choice.protected == {"b", "c"}


def test_a_keeper_chosen_by_hand_wins_over_every_rule_and_the_protected_still_stay():
    members = [image("a", 900, 900), image("b"), image("c", location="/safe/c.jpg")]
    choice = choose(members, policy(Criterion(Rule.PIXELS), protected_paths=("/safe",)), pinned={"b"})
    assert (choice.keeper, choice.decided, choice.why) == (
        "b",
        "chosen by hand",
        "kept because it was chosen by hand",
    )
    assert set(choice.kept) == {"c"}


def test_of_a_chain_nothing_goes_that_never_matched_what_stays():
    chain = [image("a", 9, 9), image("b", 8, 8), image("c", 7, 7), image("d", 6, 6)]
    links = [("a", "b"), ("b", "c"), ("c", "d")]
    choice = choose(chain, policy(Criterion(Rule.PIXELS)), links=links)
    assert choice.keeper == "a"
    assert choice.kept == {"c": "it does not match a.jpg directly"}
    assert {(r.id, r.keeper) for r in choice.removed} == {("b", "a"), ("d", "c")}
    both = choose(chain, policy(Criterion(Rule.PIXELS), indirect=True), links=links)
    assert {(r.id, r.keeper) for r in both.removed} == {("b", "a"), ("c", "a"), ("d", "a")}


ids = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)


@st.composite
def groups(draw):
    members = [
        image(
            i,
            draw(st.sampled_from([1, 2, None])),
            1,
            bytes=draw(st.sampled_from([None, 1, 2])),
            fields=draw(st.sampled_from([{}, {"status": "approved"}])),
            location=draw(st.sampled_from(["/safe/x.jpg", "/else/x.jpg"])),
        )
        for i in draw(ids)
    ]
    names = st.sampled_from([m.id for m in members])
    links = draw(st.none() | st.lists(st.tuples(names, names), max_size=12))
    rules = draw(st.sampled_from(list(PRESETS.values())))
    guarded = Policy(rules.name, rules.criteria, draw(st.sampled_from([(), ("/safe",)])))
    return members, links, guarded, draw(st.sets(names, max_size=2)), draw(st.randoms())


@given(groups())
def test_whatever_the_rules_every_group_keeps_an_image_and_every_removed_one_matches_one_that_stays(group):
    members, links, rules, pinned, shuffler = group
    choice = choose(members, rules, links=links, pinned=pinned)
    gone = {r.id for r in choice.removed}
    staying = {choice.keeper, *choice.kept}
    assert gone | staying == {m.id for m in members}
    assert not gone & staying
    assert choice.keeper not in choice.kept
    assert not gone & pinned
    assert not gone & {m.id for m in members if rules.protects(m)}
    for removal in choice.removed:
        assert removal.keeper in staying
        if links is not None:
            assert (removal.id, removal.keeper) in links or (removal.keeper, removal.id) in links
    shuffler.shuffle(members)
    assert choose(members, rules, links=links, pinned=pinned) == choice


@pytest.mark.parametrize("name", PRESETS)
def test_a_policy_survives_its_json(name):
    rules = preset(name.upper())
    guarded = Policy(rules.name, rules.criteria, ("/safe",), (ProtectedField("status", "approved"),), True)
    assert Policy.of_json(guarded.to_json()) == guarded


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"name": "x", "criteria": [{"rule": "prettiest"}]},
        {"name": "x", "criteria": "largest file"},
        {"name": "x", "criteria": [{"rule": "preferred path"}]},
        {"name": "x", "criteria": [{"rule": "field value", "values": ["a"]}]},
        {"name": "x", "protected_fields": [{"field": "status"}]},
        {"name": "x", "protected": ["/safe"]},
    ],
)
def test_a_policy_that_is_none_is_refused(data):
    with pytest.raises(ConfigError):
        Policy.of_json(data)
