"""What two images of a match are to each other, from its score and what is known of the files. Pure; arrays.

A pair is of the first kind that fits: one file; two moments of one series (a burst); the raw file, or the
video, of one shot; one picture in two files; else what the score says. Two exposures differ in the time that
the camera wrote: to the second, or to its fraction where both files tell it. Within one second that is not
told, frames are told apart by the camera's number in their names, and only where the pictures differ. An
image whose times are lost has those of its best exact copy.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from dupedash.groups.graph import Codes, Matches
from dupedash.model import EXACT, NEAR, PairKind

Times = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SERIES_GAP = 5.0
"""Seconds between two frames of a series at most. Cameras take several a second; people who press the button
again and again for one scene do so within these."""
UNLIKE_WITHIN = 10.0
"""Seconds within which frames of a series that score below NEAR belong together. Measured on 80 scenes of
three frames, taken without a break: 209 of 240 pairs found, 2 of other scenes; without it, 9."""
ONE_SHOT = 2.0
"""Seconds by which the times in the files of one shot may differ: a camera writes them one after the other,
in steps of a second."""
LEAST_ALIKE = 0.1
"""Frames of a series are kept from this score on, below the floor of a scan. Measured on 30 scenes of three
frames with people moving: .06 to .79, one in fifteen below .1, and five in six below .5."""

PICTURE, RAW, VIDEO = 0, 1, 2
"""What a file is, in `Facts.sort`."""


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of each image; arrays of one length. Equal codes are equal values, below 0 is unknown.

    taken    float64, seconds since 1970 by the camera's clock; NaN where unknown
    camera   code of maker and model
    content, pixels  codes of the file's bytes, and of its pixels
    shot     code of folder and name without ending
    sort     int8: PICTURE, RAW or VIDEO
    numbered code of folder and name without the camera's number; `number` is that, -1 without one
    """

    taken: Times
    camera: Numbers
    content: Numbers
    pixels: Numbers
    shot: Numbers
    sort: npt.NDArray[np.int8]
    numbered: Numbers
    number: Numbers

    def __len__(self) -> int:
        return len(self.taken)

    def at(self, rows: Numbers) -> Facts:
        """Those of these images."""
        return Facts(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def kinds(matches: Matches, facts: Facts) -> Codes:
    """Per match its place in PairKind. `facts`: of each of `matches.ids`."""
    a, b, score = matches.a, matches.b, matches.score
    facts = _inherited(matches, facts)
    shot = _one_shot(facts, a, b)
    mixed = (facts.sort[a] == RAW) != (facts.sort[b] == RAW)
    filmed = (facts.sort[a] == VIDEO) != (facts.sort[b] == VIDEO)
    near, exact = score >= np.float32(NEAR), score >= np.float32(EXACT)
    cases = (
        (_same(facts.content, a, b), PairKind.SAME_FILE), (filmed & shot, PairKind.LIVE),
        (_burst(facts, matches), PairKind.BURST), (mixed & (shot | near), PairKind.RAW_JPEG),
        (_same(facts.pixels, a, b), PairKind.SAME_PIXELS), (exact, PairKind.RE_ENCODED),
        (near, PairKind.EDITED),
    )  # fmt: skip
    order = list(PairKind)
    codes = [order.index(kind) for _, kind in cases]
    found: Codes = np.select([case for case, _ in cases], codes, order.index(PairKind.ALIKE)).astype(np.uint8)
    return found


def series(facts: Facts) -> Numbers:
    """Per image the number of its series: images of one camera, each within SERIES_GAP of the next; -1 of
    those that are alone or have no time."""
    found = np.full(len(facts), -1, np.int64)
    known = np.flatnonzero(~np.isnan(facts.taken) & (facts.camera >= 0))
    order = known[np.lexsort((facts.taken[known], facts.camera[known]))]
    if not len(order):
        return found
    apart = np.diff(facts.taken[order]) > SERIES_GAP
    number = np.r_[0, np.cumsum(apart | (np.diff(facts.camera[order]) != 0))]
    found[order] = np.where(np.bincount(number)[number] > 1, number, -1)
    return found


def beside(facts: Facts) -> tuple[Numbers, Numbers]:
    """The pairs of a picture with the raw file, or the video, of its shot (first < second)."""
    order = np.lexsort((facts.sort, facts.shot))
    pairs = []
    pictures = order[facts.sort[order] == PICTURE]
    for sort in (RAW, VIDEO):
        others = order[facts.sort[order] == sort]
        pairs.append(_joined(facts, pictures, others))
    one, other = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    fits = _one_shot(facts, one, other)
    return np.minimum(one, other)[fits], np.maximum(one, other)[fits]


def _joined(facts: Facts, pictures: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
    """Each of the others with every picture of its shot; `pictures` are sorted by shot."""
    shots = facts.shot[pictures]
    first, last = (np.searchsorted(shots, facts.shot[others], side=side) for side in ("left", "right"))
    count = last - first
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return pictures[np.repeat(first, count) + within], np.repeat(others, count)


def _same(codes: Numbers, a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> Flags:
    found: Flags = (codes[a] >= 0) & (codes[a] == codes[b])
    return found


def _one_shot(facts: Facts, a: npt.NDArray[np.signedinteger], b: npt.NDArray[np.signedinteger]) -> Flags:
    """Files of one name in one folder, unless their times contradict it."""
    contradicted = np.abs(facts.taken[a] - facts.taken[b]) > ONE_SHOT  # NaN: nothing is known
    found: Flags = (facts.shot[a] >= 0) & (facts.shot[a] == facts.shot[b]) & ~contradicted
    return found


def _burst(facts: Facts, matches: Matches) -> Flags:
    """Two exposures of one series."""
    run = series(facts)
    found = _same(run, matches.a, matches.b)
    a, b, score = matches.a[found], matches.b[found], matches.score[found]
    near, exact = (score >= np.float32(least) for least in (NEAR, EXACT))
    gap = np.abs(facts.taken[a] - facts.taken[b])
    told = (facts.taken[a] % 1 > 0) & (facts.taken[b] % 1 > 0)  # the fraction of the second, by both
    numbers = _same(facts.numbered, a, b) & (facts.number[a] != facts.number[b])
    unlike = numbers & (facts.number[a] >= 0) & ~exact & ~told
    other = (gap >= 1) | (told & (gap > 0)) | unlike
    found[found] = other & (near | (gap <= UNLIKE_WITHIN))
    return found


def _inherited(matches: Matches, facts: Facts) -> Facts:
    """With time and camera of images that lost them from the best of their exact copies that has them."""
    known = ~np.isnan(facts.taken) & (facts.camera >= 0)
    exact = np.flatnonzero(matches.score >= np.float32(EXACT))
    exact = exact[np.argsort(matches.score[exact], kind="stable")]
    taken, camera = facts.taken.copy(), facts.camera.copy()
    for one, other in ((matches.a, matches.b), (matches.b, matches.a)):
        some = exact[known[one[exact]] & ~known[other[exact]]]  # the best come last and stay
        taken[other[some]], camera[other[some]] = taken[one[some]], camera[one[some]]
    return replace(facts, taken=taken, camera=camera)
