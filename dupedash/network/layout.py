"""Where images stand in the graph: computed beforehand, because physics in the browser blocks the page.

Measured with vis-network 9.1.2: 1,000 nodes with default physics stay blocked for over a minute, 5,000
nodes with fixed places are drawn in 2.5 seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

Points = npt.NDArray[np.float64]

STEP = 120.0  # between neighbours, in units of the drawing; a picture is 96 wide at most, its name 114
ROW = 130.0  # between rows: a picture is 76 high at most, the two lines of its name below it 50
_DENSE = {1: [(0.0, 0.0)], 2: [(0.0, 0.0), (1.0, 0.0)], 3: [(0.5, 0.0), (0.0, 1.0), (1.0, 1.0)],
          4: [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]}  # fmt: skip
"""Places of small groups in steps and rows: denser than a circle, and every link is seen."""
MARGIN = (128.0, 138.0)  # around a group: half a picture on each side with its name, and a gap
CIRCLE_UP_TO = 12  # images, by eye: larger groups are clearer with springs
SPRINGS_UP_TO = 200  # beyond, networkx' spring layout takes seconds
WIDE = 1.4  # the whole drawing is so much wider than high where nobody says: on paper, in a file


def place(
    sizes: Sequence[int], links: Sequence[Sequence[tuple[int, int]]], wide: float = WIDE
) -> Points:
    """Coordinates (sum of sizes, 2) for groups of these sizes, in their order; y points down.

    `links` holds pairs of member numbers (0…size-1) per group. Groups never overlap, and the same
    input gives the same places. `wide`: how much wider than high the whole shall be.
    """
    drawn = [_group(size, pairs) for size, pairs in zip(sizes, links, strict=True)]
    corners = _shelves([_extent(points) for points in drawn], wide)
    moved = [points - points.min(axis=0) + corner for points, corner in zip(drawn, corners, strict=True)]
    return np.concatenate(moved) if moved else np.zeros((0, 2))


def _group(size: int, links: Sequence[tuple[int, int]]) -> Points:
    if size <= CIRCLE_UP_TO:
        return _circle(size)
    return _springs(size, links) if size <= SPRINGS_UP_TO else _spiral(size, links)


def _circle(size: int) -> Points:
    if size in _DENSE:
        return np.array(_DENSE[size]) * (STEP, ROW)
    angles = np.arange(size) * 2 * np.pi / size - np.pi / 2 * (size > 2)
    radius = 1 / (2 * np.sin(np.pi / size))
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1) * (STEP, ROW)


def _springs(size: int, links: Sequence[tuple[int, int]]) -> Points:
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from(links)
    found = nx.spring_layout(graph, seed=1, iterations=60)
    points: Points = np.array([found[n] for n in range(size)]) * (np.sqrt(size) * 0.75)
    return _apart(points, 0.95) * (STEP, ROW)


def _apart(points: Points, least: float) -> Points:
    """Push neighbours away from each other until no two pictures cover each other."""
    for _ in range(200):
        way = points[:, None] - points[None]
        distance = np.hypot(way[..., 0], way[..., 1])
        np.fill_diagonal(distance, np.inf)
        lacking = np.maximum(least - distance, 0)
        if lacking.max() < 0.01:
            break
        points = points + (way / np.maximum(distance, 1e-9)[..., None] * lacking[..., None]).sum(axis=1) * 0.5
    return points


def _spiral(size: int, links: Sequence[tuple[int, int]]) -> Points:
    """Along a spiral, matching images near each other: a chain of thousands can be followed by the eye."""
    a, b = np.array(links, np.int64).reshape(-1, 2).T
    matrix = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(size, size))
    order = reverse_cuthill_mckee((matrix + matrix.T).tocsr(), symmetric_mode=True)
    angle = 2 * np.sqrt(np.pi * (np.arange(size) + 4))
    radius = STEP * angle / (2 * np.pi)
    points = np.zeros((size, 2))
    points[order] = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points


def _extent(points: Points) -> Points:
    """Width and height of a group with the space around it."""
    size: Points = points.max(axis=0) - points.min(axis=0) + MARGIN
    return size


def _shelves(extents: Sequence[Points], wide: float) -> Points:
    """The corner of each box, put in rows from the left, in the given order: as wide as it fits best into a
    place so much wider than high."""
    if not extents:
        return np.zeros((0, 2))
    boxes = np.array(extents)
    usual = np.sqrt(boxes.prod(axis=1).sum() * wide)
    tried = [_rows(boxes, max(boxes[:, 0].max(), usual * share)) for share in np.arange(0.85, 1.5, 0.05)]
    return min(tried, key=lambda corners: _room(boxes, corners, wide))


def _room(boxes: Points, corners: Points, wide: float) -> float:
    """The height of the smallest place of that form which holds all boxes."""
    width, height = (corners + boxes).max(axis=0)
    return float(max(width / wide, height))


def _rows(boxes: Points, width: float) -> Points:
    corners, x, y, height = np.zeros_like(boxes), 0.0, 0.0, 0.0
    for number, (box_width, box_height) in enumerate(boxes):
        if x and x + box_width > width:
            x, y, height = 0.0, y + height, 0.0
        corners[number] = x, y
        x, height = x + box_width, max(height, box_height)
    return corners
