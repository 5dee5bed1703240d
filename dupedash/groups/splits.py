"""Where a chained group can be taken apart: its bridges, and the parts on both sides of one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from dupedash.groups.graph import Group, Link


@dataclass(frozen=True, slots=True)
class Split:
    """A group without one of its bridges: the part with `link.a`, and the part with `link.b`."""

    link: Link
    left: tuple[str, ...]
    right: tuple[str, ...]


def bridges(group: Group) -> list[Link]:
    """Where the group can be taken apart, the weakest first."""
    return sorted((link for link in group.links if link.bridge), key=lambda k: (k.score, k.a, k.b))


def split_at(group: Group, link: Link) -> Split:
    """The two parts that only this bridge holds together."""
    graph = nx.Graph((k.a, k.b) for k in group.links if k != link)
    graph.add_nodes_from((link.a, link.b))
    left, right = (tuple(sorted(nx.node_connected_component(graph, end))) for end in (link.a, link.b))
    return Split(link, left, right)


def holding(group: Group) -> Link | None:
    """The link that holds the group together: it breaks first as the threshold rises."""
    return next((link for link in group.links if abs(link.score - group.holding) < 1e-6), None)
