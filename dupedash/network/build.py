"""Groups → nodes and edges of a pyvis network, coloured and labelled as dupe-scanner has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvis.network import Network as PyvisNetwork

from dupedash.groups.graph import Cut, Positions
from dupedash.model import ImageRecord
from dupedash.network.layout import place

SCALE = {0.6: "#c8463c", 0.8: "#e3b23c", 1.0: "#3f9f6b"}
"""Score → colour of an edge, in between mixed: dupe-scanner's red, yellow and green, less loud."""

EDGES_PER_IMAGE = 6  # of large groups: the links that hold them together and so many of the best per image
MANY, EDGES_OF_MANY = 500, 2  # the same of huge groups: thousands of lines take a second, and hide each other
IMAGES_PER_GROUP = 400  # of a larger group those with the best matches: more take seconds to draw
LABEL = 22  # letters of a file name under its picture

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "edges": {"smooth": False, "selectionWidth": 2},
    "nodes": {"font": {"size": 9}, "borderWidthSelected": 3, "shapeProperties": {"useBorderWithImage": True}},
    "interaction": {"hover": True, "multiselect": False, "tooltipDelay": 75, "hideEdgesOnDrag": True},
}

Thumb = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Network:
    """What vis-network draws. Every text in it is plain text; the page must show it as such.

    nodes    id (number), label, x, y, shape, member (image id), where (location), group (number in the cut)
    edges    from, to, score, color, width, dashes (a bridge), holding (the link of its group that breaks
             first); a pair has neither
    options  of vis-network
    left_out edges of huge groups that are not drawn
    """

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    options: dict[str, Any]
    left_out: int = 0

    def to_json(self) -> str:
        """As the page loads it; no NaN can be in it."""
        return json.dumps(
            {"nodes": self.nodes, "edges": self.edges, "options": self.options},
            allow_nan=False,
            separators=(",", ":"),
        )


def colour(score: float) -> str:
    """#rrggbb of an edge by `SCALE`; below 0.6 it stays red."""
    channels = zip(*(bytes.fromhex(c[1:]) for c in SCALE.values()), strict=True)
    return "#" + bytes(round(float(np.interp(score, list(SCALE), c))) for c in channels).hex()


def build(cut: Cut, numbers: Sequence[int], records: Mapping[str, ImageRecord], thumb: Thumb) -> Network:
    """The groups with these numbers; `thumb` gives an image's address (URL or data URI), None for a dot."""
    shown = [drawn(cut, number) for number in numbers]
    links = [_drawn_links(cut, number, some) for number, some in zip(numbers, shown, strict=True)]
    members = np.concatenate(shown) if shown else np.zeros(0, np.int64)
    net = PyvisNetwork(cdn_resources="in_line")
    net.set_options(json.dumps(OPTIONS))
    # Filled directly: pyvis' add_node and add_edge look through all that is there (5,000 nodes: 4.5 s).
    places = place([len(some) for some in shown], _local(cut, shown, links))
    net.nodes = [
        _node(cut, int(index), records, thumb, x, y)
        for index, (x, y) in zip(members, places.round(1).tolist(), strict=True)
    ]
    net.edges = [
        edge for number, found in zip(numbers, links, strict=True) for edge in _edges(cut, number, found)
    ]
    all_links = sum(len(cut.links(n)) for n in numbers)
    return Network(net.nodes, net.edges, OPTIONS, all_links - len(net.edges))


def drawn(cut: Cut, number: int) -> Positions:
    """The images of a group that are drawn, as sorted indices: all, or those with the best matches."""
    members = cut.indices(number)
    if len(members) <= IMAGES_PER_GROUP:
        return members
    m, best = cut.graph.matches, cut.links(number)
    ends = np.stack([m.a[best], m.b[best]], axis=1).ravel()
    _, first = np.unique(ends, return_index=True)
    return np.sort(ends[np.sort(first)[:IMAGES_PER_GROUP]]).astype(np.int64)


def _drawn_links(cut: Cut, number: int, members: Positions) -> list[int]:
    """Positions of the matches to draw: all of a small group, of a huge one its forest and the best."""
    links = cut.links(number)
    if len(members) < int(cut.sizes[number]):
        m = cut.graph.matches
        links = links[np.isin(m.a[links], members) & np.isin(m.b[links], members)]
    most = EDGES_PER_IMAGE if len(members) <= MANY else EDGES_OF_MANY
    if len(links) <= most * len(members):
        return [int(p) for p in links]
    m, drawn = cut.graph.matches, {int(p) for p in cut.graph.spanning(links)}
    degree: dict[int, int] = {}
    for position in map(int, links):
        a, b = int(m.a[position]), int(m.b[position])
        if min(degree.get(a, 0), degree.get(b, 0)) < most // 2:
            drawn.add(position)
            degree[a], degree[b] = degree.get(a, 0) + 1, degree.get(b, 0) + 1
    return sorted(drawn)


def _local(cut: Cut, shown: Sequence[Positions], links: Sequence[list[int]]) -> list[list[tuple[int, int]]]:
    m, found = cut.graph.matches, []
    for members, positions in zip(shown, links, strict=True):
        a, b = np.searchsorted(members, m.a[positions]), np.searchsorted(members, m.b[positions])
        found.append(list(zip(a.tolist(), b.tolist(), strict=True)))
    return found


def _node(
    cut: Cut, index: int, records: Mapping[str, ImageRecord], thumb: Thumb, x: float, y: float
) -> dict[str, Any]:
    member = cut.graph.matches.ids[index]
    record = records.get(member)
    name = record.filename if record else member
    # pyvis' own tooltip ("title") turns to HTML when any holds "href": paths are kept out of it.
    node = {
        "id": index, "label": name if len(name) <= LABEL else name[: LABEL - 1] + "…", "x": x, "y": y,
        "member": member, "where": record.location if record else member, "group": int(cut.label[index]),
        "shape": "dot", "size": 10,
    }  # fmt: skip
    image = thumb(member)
    return node | {"shape": "image", "image": image, "size": 30} if image else node


def _edges(cut: Cut, number: int, positions: Sequence[int]) -> list[dict[str, Any]]:
    m, links = cut.graph.matches, cut.links(number)
    bridges, thread = set(links[cut.bridges(number)].tolist()), None
    if cut.sizes[number] > 2:
        thread = int(links[np.abs(m.score[links] - cut.holding[number]) < 1e-6][0])
    edges = []
    for position in positions:
        a, b, score = int(m.a[position]), int(m.b[position]), float(m.score[position])
        edges.append({
            "from": a, "to": b, "score": round(score, 4), "color": colour(score),
            "width": round(score * 10, 2), "dashes": position in bridges, "holding": position == thread,
        })  # fmt: skip
    return edges
