"""All images of a scan with their folders, and which of them are one picture or match."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dupedash.errors import ConfigError
from dupedash.folders.tree import Flags, FolderTree, Numbers, Runs, tree_of
from dupedash.groups.graph import Cut

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Shelf:
    """The images and what each shares with others.

    Images of one group with the same bytes or pixels are one picture: of many identical files a scan lists
    not every pair.

    ids      of the images, in any order; `locations`: where they are
    tree     their folders; `home` int64 (n,): in which of them each lies
    picture  int64 (n,): the number of its picture
    bytes    int64 (n,): of the file, 0 where unknown
    first    int64 (m,), `second` the same: pictures that match, each pair in both orders, and each picture
             that several images show with itself
    score    float32 (m,): the best of these matches, 1 of a picture with itself
    """

    ids: Sequence[str]
    locations: Sequence[str]
    tree: FolderTree
    home: Numbers
    picture: Numbers
    bytes: Numbers
    first: Numbers
    second: Numbers
    score: Floats

    @cached_property
    def shown_by(self) -> Runs:
        """Per picture the images that show it."""
        return Runs.by(self.picture, int(self.picture.max(initial=-1)) + 1)

    @cached_property
    def matching(self) -> Runs:
        """Per picture the places in `second` of those that match it."""
        return Runs.by(self.first, int(self.picture.max(initial=-1)) + 1)

    def ids_of(self, images: Flags) -> list[str]:
        """The ids of some of the images. `images`: bool (n,)."""
        return [self.ids[number] for number in np.flatnonzero(images).tolist()]

    def inside(self, path: str) -> Flags:
        """bool (n,): which images lie in this folder or below it; "": all."""
        return self.tree.at(path)[self.home]

    def also_in(self, among: Flags) -> Flags:
        """bool (n,): which images match one of these, or show the picture of one; of the others, not of
        these themselves."""
        there = np.zeros(int(self.picture.max(initial=-1)) + 1, bool)
        there[self.picture[among]] = True
        matched = np.zeros(len(there), bool)
        matched[self.first[there[self.second]]] = True
        found: Flags = matched[self.picture]
        return found

    def partners(self, images: Numbers, among: Flags) -> tuple[Numbers, Floats]:
        """For each of these images the one `among` those flagged that matches it best, int64, -1 for none;
        and the score, float32."""
        shows = np.full(int(self.picture.max(initial=-1)) + 1, -1)
        there = np.flatnonzero(among)[::-1]
        shows[self.picture[there]] = there
        places, owner = self.matching.of(self.picture[images])
        fitting = np.flatnonzero(shows[self.second[places]] >= 0)
        places, owner = places[fitting], owner[fitting]
        order = np.lexsort((-self.score[places], owner))[::-1]
        best, score = np.full(len(images), -1), np.zeros(len(images), np.float32)
        best[owner[order]] = shows[self.second[places[order]]]
        score[owner[order]] = self.score[places[order]]
        return best, score

    def sides(self, folder: str, other: str) -> tuple[Flags, Flags]:
        """The images of a folder, and those of the other one ("": of everywhere else), bool (n,) each.

        Where one lies in the other, each image counts for the inner one. Raises ConfigError where a folder
        has no image, or both are the same.
        """
        here, there = self.inside(folder), self.inside(other)
        for path, found in ((folder, here), (other, there)):
            if not found.any():
                raise ConfigError(f"No image of the scan lies in {path or 'the collection'}.")
        ours, theirs = here & ~there, there & ~here
        if not (ours.any() or theirs.any()):
            raise ConfigError(f"{folder} and {other or 'the collection'} hold the same images.")
        return ours if ours.any() else here, theirs if theirs.any() else there


def shelf(
    ids: Sequence[str], locations: Sequence[str], content: Sequence[Hashable | None], sizes: Numbers, cut: Cut
) -> Shelf:
    """The shelf of a scan.

    ids      of all images, `locations` where they are, `sizes` their bytes
    content  what files of the same bytes or pixels have in common, None where that is not known
    cut      the groups at the threshold by the matches that count: nothing beyond a group is shared
    """
    tree, home = tree_of(locations)
    place = {image_id: number for number, image_id in enumerate(ids)}
    label = np.full(len(ids), -1, np.int64)
    of_image = np.array([place.get(image_id, -1) for image_id in cut.graph.matches.ids], np.int64)
    label[of_image[of_image >= 0]] = cut.label[of_image >= 0]
    picture = _pictures(label.tolist(), content)
    return Shelf(ids, locations, tree, home, picture, sizes, *_links(cut, of_image, picture))


def _pictures(labels: Sequence[int], content: Sequence[Hashable | None]) -> Numbers:
    """A number for each picture: images of one group with the same content have one."""
    known: dict[Hashable, int] = {}
    return np.array([
        known.setdefault((label, key) if label >= 0 and key is not None else number, len(known))
        for number, (label, key) in enumerate(zip(labels, content, strict=True))
    ], np.int64)  # fmt: skip


def _links(cut: Cut, of_image: Numbers, picture: Numbers) -> tuple[Numbers, Numbers, Floats]:
    """The pairs of pictures, each with its best score."""
    m = cut.graph.matches
    counted = (m.score >= np.float32(cut.threshold)) & (of_image[m.a] >= 0) & (of_image[m.b] >= 0)
    a, b = (picture[of_image[side[counted]]] for side in (m.a, m.b))
    several = np.flatnonzero(np.bincount(picture) > 1) if len(picture) else np.zeros(0, np.int64)
    first, second = np.r_[a, b, several], np.r_[b, a, several]
    score = np.r_[m.score[counted], m.score[counted], np.ones(len(several), np.float32)]
    apart = np.r_[a != b, a != b, np.ones(len(several), bool)]
    order = np.flatnonzero(apart)[np.lexsort((-score[apart], second[apart], first[apart]))]
    first, second, score = first[order], second[order], score[order]
    best = np.ones(len(order), bool)
    best[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return first[best], second[best], score[best]
