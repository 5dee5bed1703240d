"""Groups → nodes and edges of a pyvis network, coloured and labelled as dupe-scanner has them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvis.network import Network as PyvisNetwork

from dupedash.groups.graph import Cut, Positions
from dupedash.model import ImageRecord
from dupedash.network.layout import WIDE, place
from dupedash.network.sprite import Cell, Sprite, sprite_of

SCALE = {0.6: "#c8463c", 0.8: "#e3b23c", 1.0: "#3f9f6b"}
"""Score → colour of an edge, in between mixed: dupe-scanner's red, yellow and green, less loud."""

EDGES_PER_IMAGE = 6  # of large groups: the links that hold them together and so many of the best per image
MANY, EDGES_OF_MANY = 500, 2  # the same of huge groups: thousands of lines take a second, and hide each other
IMAGES_PER_GROUP = 400  # of a larger group those with the best matches: more take seconds to draw
LABEL, BEFORE, AFTER = 22, 12, 9  # letters of a file name under its picture; of a longer one its two ends

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "edges": {"smooth": False, "selectionWidth": 2},
    "interaction": {"hover": True, "multiselect": False, "tooltipDelay": 75, "hideEdgesOnDrag": True},
}


@dataclass(frozen=True, slots=True)
class Network:
    """What vis-network draws: pyvis' network is the one source of nodes, edges and options. Every text in it
    is plain text; the page must show it as such.

    net      its nodes: id (number), label, x, y, shape, member (image id), where (location), group (number
             in the cut), and of those with a picture `cell`, its place in the sprite; its edges: from, to,
             score, color, width, dashes (a bridge), holding (the link of its group that breaks first); a
             pair has neither
    sprite   the picture that holds their pictures, in the order of `pictured`: the ids of these images
    left_out edges of huge groups that are not drawn
    """

    net: PyvisNetwork
    sprite: Sprite
    pictured: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """One an image."""
        found: list[dict[str, Any]] = self.net.nodes
        return found

    @property
    def edges(self) -> list[dict[str, Any]]:
        """One a match that is drawn."""
        found: list[dict[str, Any]] = self.net.edges
        return found

    def to_json(self) -> str:
        """As the page loads it; no NaN can be in it."""
        nodes, edges, _, _, _, options = self.net.get_network_data()
        told = {"nodes": nodes, "edges": edges, "options": json.loads(options)}
        return json.dumps(told, allow_nan=False, separators=(",", ":"))


def colour(score: float) -> str:
    """#rrggbb of an edge by `SCALE`; below 0.6 it stays red."""
    channels = zip(*(bytes.fromhex(c[1:]) for c in SCALE.values()), strict=True)
    return "#" + bytes(round(float(np.interp(score, list(SCALE), c))) for c in channels).hex()


def build(
    cut: Cut,
    numbers: Sequence[int],
    records: Mapping[str, ImageRecord],
    pictured: Collection[str] | None = None,
    wide: float = WIDE,
) -> Network:
    """The groups with these numbers; `pictured`: ids of the images with a picture, None for all; others are
    dots. `wide`: how much wider than high the whole shall be."""
    shown = [drawn(cut, number) for number in numbers]
    links = [_drawn_links(cut, number, some) for number, some in zip(numbers, shown, strict=True)]
    members = np.concatenate(shown) if shown else np.zeros(0, np.int64)
    net = PyvisNetwork(cdn_resources="in_line")
    net.set_options(json.dumps(OPTIONS))
    # Filled directly: pyvis' add_node and add_edge look through all that is there (5,000 nodes: 4.5 s).
    places = place([len(some) for some in shown], _local(cut, shown, links), wide)
    ids = [cut.graph.matches.ids[int(index)] for index in members]
    shows = tuple(i for i in ids if i in records and (pictured is None or i in pictured))
    sprite = sprite_of([records[i] for i in shows])
    cells = dict(zip(shows, sprite.cells, strict=True))
    net.nodes = [
        _node(cut, int(index), records, cells, x, y)
        for index, (x, y) in zip(members, places.round(1).tolist(), strict=True)
    ]
    net.edges = [
        edge for number, found in zip(numbers, links, strict=True) for edge in _edges(cut, number, found)
    ]
    all_links = sum(len(cut.links(n)) for n in numbers)
    return Network(net, sprite, shows, all_links - len(net.edges))


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
    cut: Cut, index: int, records: Mapping[str, ImageRecord], cells: Mapping[str, Cell], x: float, y: float
) -> dict[str, Any]:
    member = cut.graph.matches.ids[index]
    record = records.get(member)
    name = record.filename if record else member
    label = name if len(name) <= LABEL else f"{name[:BEFORE]}…{name[-AFTER:]}"
    # pyvis' own tooltip ("title") turns to HTML when any holds "href": paths are kept out of it.
    node = {
        "id": index, "label": label, "x": x, "y": y, "member": member,
        "where": record.location if record else member, "group": int(cut.label[index]),
        "shape": "dot", "size": 10,
    }  # fmt: skip
    return node | {"shape": "custom", "cell": cells[member]} if member in cells else node


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
