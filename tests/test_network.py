"""The graph's picture: places that never overlap, colours by score, and no HTML anywhere."""

from __future__ import annotations

import io
import itertools
import json
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dupedash.groups.graph import DuplicateGraph, Matches
from dupedash.images import encode
from dupedash.model import ImageRecord
from dupedash.network import build, place
from dupedash.network.build import EDGES_PER_IMAGE, SCALE, colour
from dupedash.network.layout import CIRCLE_UP_TO, SPRINGS_UP_TO, STEP
from dupedash.network.sprite import sprite_of
from dupedash.network.svg import picture


def ring(size):
    return [(n, (n + 1) % size) for n in range(size)]


@settings(max_examples=20)
@given(st.lists(st.sampled_from([1, 2, 3, 7, CIRCLE_UP_TO, CIRCLE_UP_TO + 1, SPRINGS_UP_TO + 1]), max_size=8))
def test_groups_never_overlap_and_images_keep_apart(sizes):
    points = place(sizes, [ring(n) for n in sizes])
    assert points.shape == (sum(sizes), 2)
    ends = np.cumsum([0, *sizes])
    boxes = [(points[i:j].min(axis=0), points[i:j].max(axis=0)) for i, j in itertools.pairwise(ends.tolist())]
    for (low, high), (other_low, other_high) in itertools.combinations(boxes, 2):
        assert (low > other_high + STEP / 2).any() or (other_low > high + STEP / 2).any()


def test_the_same_groups_get_the_same_places():
    sizes = [30, 5, 2]
    links = [ring(n) for n in sizes]
    assert np.array_equal(place(sizes, links), place(sizes, links))


def test_the_whole_is_as_wide_as_its_place():
    sizes = [3] * 60
    links = [ring(3)] * 60
    wide, high = (np.ptp(place(sizes, links, wide), axis=0) for wide in (3.0, 0.5))
    assert wide[0] / wide[1] > 2
    assert high[0] / high[1] < 0.8


def test_no_groups_have_no_places():
    assert place([], []).shape == (0, 2)


def channels(score):
    return [int(colour(score)[at : at + 2], 16) for at in (1, 3, 5)]


def test_edges_go_from_red_over_yellow_to_green_and_low_scores_are_no_error():
    assert [colour(score) for score in SCALE] == list(SCALE.values())
    assert colour(0.3) == colour(0.6)
    red, yellow, green = map(channels, (0.6, 0.8, 1.0))
    assert [max(range(3), key=c.__getitem__) for c in (red, green)] == [0, 1]
    between = zip(red, channels(0.7), yellow, strict=True)
    assert all(min(low, high) <= mid <= max(low, high) for low, mid, high in between)


def cut_of(pairs, threshold=0.5):
    return DuplicateGraph(Matches.of(pairs)).cut(threshold)


def records_of(cut, location="/pictures/{}"):
    return {i: ImageRecord(i, location.format(i)) for n in range(len(cut)) for i in cut.members(n)}


def test_a_chain_is_drawn_with_its_bridges_and_the_link_that_holds_it():
    cut = cut_of([("a", "b", 0.9), ("b", "c", 0.6)])
    network = build(cut, [0], records_of(cut), ())
    drawn = {(e["from"], e["to"]): (e["dashes"], e["holding"], e["width"]) for e in network.edges}
    assert drawn == {(0, 1): (True, False, 9.0), (1, 2): (True, True, 6.0)}
    assert [n["where"] for n in network.nodes] == ["/pictures/a", "/pictures/b", "/pictures/c"]


def test_the_link_that_holds_a_group_is_marked_where_it_is_no_bridge_too_and_never_in_a_pair():
    found = cut_of([("a", "b", 0.9), ("b", "c", 0.7), ("a", "c", 0.6), ("x", "y", 0.5)])
    network = build(found, [0, 1], records_of(found), ())
    marked = {e["score"]: (e["dashes"], e["holding"]) for e in network.edges}
    assert marked == {0.9: (False, False), 0.7: (False, True), 0.6: (False, False), 0.5: (False, False)}


def test_hostile_names_stay_text_and_never_reach_pyvis_tooltips():
    cut = cut_of([("a", "b", 0.9)])
    hostile = "/x/href<img src=x onerror=alert(1)></script>{}"
    network = build(cut, [0], records_of(cut, hostile), None)
    assert all("title" not in part for part in [*network.nodes, *network.edges])
    assert json.loads(network.to_json())["nodes"][0]["where"] == hostile.format("a")
    assert len(network.nodes[0]["cell"]) == 4


def test_a_huge_group_keeps_its_spanning_links_but_not_all_others():
    size = 120
    every = itertools.combinations(range(size), 2)
    pairs = [(f"{a:03}", f"{b:03}", 0.5 + (a * 7 + b) % 50 / 100) for a, b in every]
    cut = cut_of(pairs)
    network = build(cut, [0], records_of(cut), ())
    assert len(network.nodes) == size
    assert size - 1 <= len(network.edges) <= EDGES_PER_IMAGE * size
    assert len(network.edges) + network.left_out == len(pairs)
    joined = cut_of([(str(e["from"]), str(e["to"]), 1.0) for e in network.edges])
    assert joined.sizes.tolist() == [size]


@pytest.mark.parametrize("size", [CIRCLE_UP_TO, CIRCLE_UP_TO + 1, 48, 120, SPRINGS_UP_TO + 50])
def test_pictures_of_one_group_do_not_cover_each_other(size):
    complete = list(itertools.combinations(range(size), 2))
    points = place([size], [complete])
    distance = np.hypot(*(points[:, None] - points[None]).T)
    assert distance[distance > 0].min() > STEP * 0.7


def test_pictures_of_any_form_stand_apart_in_one_sprite_each_within_its_box():
    forms = [(4000, 100), (100, 4000), (640, 480), (None, None), (1, 1)] * 30
    records = [ImageRecord(str(n), f"/{n}", width=w, height=h) for n, (w, h) in enumerate(forms)]
    sprite = sprite_of(records)
    taken = np.zeros((sprite.height, sprite.width), int)
    for left, top, width, height in sprite.cells:
        taken[top : top + height, left : left + width] += 1
        assert left + width <= sprite.width
        assert top + height <= sprite.height
        assert width <= sprite.cells[3][2]
        assert height <= sprite.cells[3][3]
    assert taken.max() == 1


def test_the_sprite_shows_each_thumbnail_in_its_cell():
    red, blue = (
        encode.thumbnail(np.full((90, 120, 3), colour, np.uint8)) for colour in ((250, 0, 0), (0, 0, 250))
    )
    whole = sprite_of([ImageRecord(str(n), f"/{n}", width=120, height=90) for n in range(3)])
    data = encode.sprite([red, None, blue], (whole.width, whole.height), whole.cells)
    pixels = np.asarray(Image.open(io.BytesIO(data)))
    middle = [pixels[top + height // 2, left + width // 2] for left, top, width, height in whole.cells]
    assert [int(np.argmax(colour)) for colour in (middle[0], middle[2])] == [0, 2]
    assert np.ptp(middle[1].astype(int)) < 8  # gray: there is none


def test_nodes_edges_and_options_are_those_of_pyvis():
    cut = cut_of([("a", "b", 0.9)])
    network = build(cut, [0], records_of(cut), ())
    assert json.loads(network.to_json())["options"]["physics"] == {"enabled": False}
    network.net.options["physics"] = {"enabled": True}
    assert json.loads(network.to_json())["options"]["physics"] == {"enabled": True}
    assert network.nodes is network.net.nodes


@pytest.mark.parametrize("lines", [
    ["short.jpg"], ["winter-morning-", "03.jpg"], ["IMG202405181230", "15.jpg"],
])  # fmt: skip
def test_a_long_name_stands_in_two_lines_of_the_still_picture_parted_between_words(lines):
    cut = cut_of([("a", "b", 0.9)])
    network = build(cut, [0], records_of(cut, f"/x/{{}}/{''.join(lines)}"), ())
    root = ElementTree.fromstring(picture(network, lambda _node: ""))
    assert [text.text for text in root.findall("{*}g/{*}text")] == lines * 2


def test_the_still_picture_has_every_image_and_link_and_no_markup_of_names():
    cut = cut_of([("a", "b", 0.9), ("b", "c", 0.6)])
    network = build(cut, [0], records_of(cut, "/x/</svg><script>alert(1)</script>{}"), ())
    svg = picture(network, lambda _node: "", lambda node: f"#group-{node['group']}")
    root = ElementTree.fromstring(svg)
    assert len(root.findall("{*}line")) == 2
    assert len(root.findall("{*}a")) == 3
    assert not root.findall(".//{*}script")
    assert "0.60" in "".join(root.itertext())
