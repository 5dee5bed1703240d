"""Of two folders image by image: what is in both, with what it matches there, and what only one has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dupedash.folders.overlap import SharedFolders, one_way
from dupedash.folders.shelf import Floats, Shelf
from dupedash.folders.tree import Flags, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class FolderLists:
    """Images of a folder by their places in the shelf, int64 each, ordered by their locations.

    shared     the figures
    both       those that are in the other folder as well; `partner` the image there that matches each best,
               `score` float32 how well
    only       those that are not; `elsewhere` bool: whether they are in a third place
    """

    shared: SharedFolders
    both: Numbers
    partner: Numbers
    score: Floats
    only: Numbers
    elsewhere: Flags


def lists(shelf: Shelf, folder: str, other: str) -> FolderLists:
    """`other`: "" is everywhere else. Raises ConfigError, see `Shelf.sides`."""
    here, there = shelf.sides(folder, other)
    found = here & shelf.also_in(there)
    both, only = _ordered(shelf, found), _ordered(shelf, here & ~found)
    partner, score = shelf.partners(both, there)
    elsewhere = shelf.also_in(~here)[only]
    return FolderLists(one_way(shelf, folder, other), both, partner, score, only, elsewhere)


def _ordered(shelf: Shelf, images: Flags) -> Numbers:
    return np.array(sorted(np.flatnonzero(images).tolist(), key=shelf.locations.__getitem__), np.int64)
