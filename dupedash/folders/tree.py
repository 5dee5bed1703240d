"""The folders of a collection as a tree of numbers: who lies in whom is a comparison of two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Runs:
    """n lists of numbers, one behind the other in `values`, int64. `starts`: int64 (n + 1,)."""

    starts: Numbers
    values: Numbers

    @property
    def lengths(self) -> Numbers:
        """int64 (n,)."""
        return np.diff(self.starts)

    def of(self, which: Numbers) -> tuple[Numbers, Numbers]:
        """The places in `values` of these lists, one after the other, and for each place the position in
        `which` to which it belongs; both int64."""
        lengths = self.lengths[which]
        owner = np.repeat(np.arange(len(which)), lengths)
        first = np.cumsum(lengths) - lengths
        return np.arange(len(owner)) - first[owner] + self.starts[which][owner], owner

    @staticmethod
    def by(keys: Numbers, count: int) -> Runs:
        """Per key 0 … count - 1 the positions at which it stands in `keys`."""
        order = np.argsort(keys, kind="stable")
        return Runs(np.searchsorted(keys[order], np.arange(count + 1)), order)


@dataclass(frozen=True, eq=False)
class FolderTree:
    """Folders that hold images or where such folders part; one that holds just one other is left out.

    They are numbered so that a folder comes before all in it, and these follow it without a gap. Folder 0
    holds everything and has no path of its own.

    paths   as they stand in the locations, "/" for the root of a disk
    parent  int64 (n,), of folder 0 it is 0
    end     int64 (n,): the number after the last folder in it
    """

    paths: Sequence[str]
    parent: Numbers
    end: Numbers

    def __len__(self) -> int:
        return len(self.paths)

    @cached_property
    def above(self) -> Runs:
        """Per folder itself and all that it lies in, without folder 0, from the outside in."""
        lists: list[list[int]] = [[]]
        for number in range(1, len(self)):
            lists.append([*lists[self.parent[number]], number])
        lengths = np.array([len(one) for one in lists], np.int64)
        flat = [number for one in lists for number in one]
        return Runs(np.r_[0, np.cumsum(lengths)], np.array(flat, np.int64))

    def holds(self, outer: Numbers, inner: Numbers) -> Flags:
        """Whether the second folder is the first one or lies in it; element by element."""
        found: Flags = (outer <= inner) & (inner < self.end[outer])
        return found

    def related(self, one: Numbers, other: Numbers) -> Flags:
        """Whether one of the two lies in the other, or they are the same."""
        found: Flags = self.holds(one, other) | self.holds(other, one)
        return found

    @cached_property
    def number(self) -> dict[str, int]:
        """The folders by their paths."""
        return {path: number for number, path in enumerate(self.paths)}

    def at(self, path: str) -> Flags:
        """bool (n,): which folders are this path or lie below it. Any path will do, "" is everything."""
        separator = _separator(path)
        plain = path.rstrip(separator)
        itself, below = plain or path, plain + separator
        known = self.number.get(itself)
        if known is not None:
            return self.holds(np.array([known]), np.arange(len(self)))
        return np.array([at.startswith(below) for at in self.paths], bool)

    def summed(self, per_folder: Numbers) -> Numbers:
        """int64 (n,): what lies in each folder and below it."""
        total = np.r_[0, np.cumsum(per_folder)]
        sums: Numbers = total[self.end] - total[np.arange(len(self))]
        return sums


@dataclass(slots=True)
class _Node:
    """A folder while the tree is made. `own`: images lie right in it."""

    path: str
    own: bool = False
    children: dict[str, _Node] = field(default_factory=dict)


def folder_of(location: str) -> str:
    """The folder of a location: a path with slashes or backslashes, or an address; "" where it has none."""
    folder, found, _ = location.rpartition(_separator(location))
    return folder or found


def lies_in(inner: str, outer: str) -> bool:
    """Whether the first path is a folder below the second one."""
    separator = _separator(outer)
    return inner.startswith(outer.rstrip(separator) + separator)


def _separator(path: str) -> str:
    """Backslashes part only the paths that have no slash: on most systems a name may hold them."""
    return "\\" if "\\" in path and "/" not in path else "/"


def tree_of(locations: Iterable[str]) -> tuple[FolderTree, Numbers]:
    """The folders of these locations, and the folder of each location, int64 (n,)."""
    root, homes = _Node(""), [folder_of(location) for location in locations]
    ends = {folder: _grown(root, folder) for folder in dict.fromkeys(homes)}
    for node in ends.values():
        node.own = True
    nodes, parents = _numbered(root)
    number = {id(node): place for place, node in enumerate(nodes)}
    tree = FolderTree([node.path for node in nodes], np.array(parents, np.int64), _ends(parents))
    places = {folder: number[id(node)] for folder, node in ends.items()}
    return tree, np.array([places[folder] for folder in homes], np.int64)


def _grown(root: _Node, folder: str) -> _Node:
    """The node of a folder, made with all above it."""
    node = root
    for part, path in _parts(folder):
        node = node.children.setdefault(part, _Node(path))
    return node


def _parts(folder: str) -> Iterable[tuple[str, str]]:
    """Each part of a folder's path with the path up to it; the host belongs to the first one."""
    separator = _separator(folder)
    scheme = folder.find("://")
    start = 0 if scheme < 0 else scheme + 3
    while folder:
        end = folder.find(separator, start)
        if end < 0 or folder == separator:
            yield folder[start:], folder
            return
        yield folder[start:end] or separator, folder[:end] or separator
        start = end + 1


def _numbered(root: _Node) -> tuple[list[_Node], list[int]]:
    """The folders that are kept in their order, and the number of the one that each lies in."""
    nodes, parents, waiting = [], [], [(root, 0)]
    while waiting:
        node, parent = waiting.pop()
        kept = node is root or node.own or len(node.children) > 1
        if kept:
            nodes.append(node)
            parents.append(parent)
        within = len(nodes) - 1 if kept else parent
        waiting.extend((node.children[name], within) for name in sorted(node.children, reverse=True))
    return nodes, parents


def _ends(parents: Sequence[int]) -> Numbers:
    ends = np.arange(1, len(parents) + 1, dtype=np.int64)
    for number in range(len(parents) - 1, 0, -1):
        ends[parents[number]] = max(ends[parents[number]], ends[number])
    return ends
