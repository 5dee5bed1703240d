"""A watermark all over: one of two pictures of one frame is the other under something translucent.

It changes most of the windows of a page, a flag or a product on white, as other content would. But other
content is lighter here and darker there. Under a veil one picture is nowhere the lighter one, and what lies
under it shows through by one and the same share, on the ground and on what is drawn there. Such a veil is
taken off, and the pictures are compared again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from dupedash.embedded.compare.drawings.replaced import NOTHING_REPLACED, compare_drawings
from dupedash.embedded.compare.register import SAME_FRAME
from dupedash.embedded.compare.verify import MAX_FRAME_DISTANCE, Evidence, as_they_are, compared, thumbs
from dupedash.embedded.describe import drawing
from dupedash.embedded.describe.descriptor import Descriptor

_SEEN = 16.0
"""Gray values by which a pixel differs: twice what JPEG does to flat ground."""
_LEAST, _MOST = 0.02, 0.4
"""Part of the picture under the veil: 0.02 to 0.19 in watermarked copies; more is another brightness."""
_LIGHTER = 0.1
"""Where the veil darkens, pixels that got lighter, as a part of those that got darker, at most: 0.064 in 83
watermarked copies, 0.15 and more in 656 pairs of other pictures with one frame."""
_BRIGHT, _MOSTLY = 60.0, 0.5
"""Gray value from which a pixel tells what share shows through; so many of the darkened ones must be."""
_BINS, _AS_MUCH = 50, 0.05
"""Of the histogram of shares, and how far pixels under one veil may lie from its share: JPEG."""
_SHARES = 0.45, 0.92
"""What shows through: less is ink, more is noise."""
_ALIKE, _DARKER = 0.25, 0.16
"""Part of the bright pixels with about the share of the veil, at least (0.28 in letters five pixels wide, the
rest is their rim), and of those that are darker, at most."""
_RIM = np.ones((3, 3), np.uint8)
_ACROSS, _CONTENT, _CROSSED = np.ones((5, 5), np.uint8), 30.0, 0.02
"""The veil grown over strokes; gray values by which these differ from the ground under it; the least part of
the veil that lies over them. Something gray on empty ground is content, not a veil."""
_SAME_SHAPE = 2
"""Pixels by which pictures of one shape differ in size after rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class _Veil:
    """Over the second picture if `on_other`, else over the first: `cover`, float32 (h, w), is how much of
    each pixel lies under it, 0…1; there `share` shows through, and the rest is black, or white if `light`.
    `left`: mean gray values by which the pictures differ there without it."""

    on_other: bool
    light: bool
    share: float
    cover: np.ndarray
    left: float


def lifted(evidence: Evidence, a: Descriptor, b: Descriptor) -> Evidence | None:
    """The evidence without a veil that lies over one of them; None where there is none. The pictures that
    are kept for the explanation are those that were given."""
    if evidence.pdq > MAX_FRAME_DISTANCE:
        return None
    one, other, _ = thumbs(a, b, evidence.mirrored, SAME_FRAME.unit_matrix)
    brought = _as_large(other, one)
    drawn = bool(a.drawing and b.drawing)
    sharp = _sharp(a, b, evidence.mirrored) if drawn else None
    if brought is None or (drawn and sharp is None):
        return None
    veil = _between(*sharp) if sharp else _between(one[..., 0], brought[..., 0])
    if veil is None:
        return None
    replaced = compare_drawings(*_bare(*sharp, veil), SAME_FRAME.unit_matrix) if sharp else NOTHING_REPLACED
    found = compared(*_bare(one, brought, veil), np.eye(2, 3), evidence.mirrored)
    shown = as_they_are(evidence, a, b)
    return replace(shown, agreement=replace(found, laid=shown.agreement.laid), replaced=replaced)


def _sharp(a: Descriptor, b: Descriptor, mirrored: bool) -> tuple[np.ndarray, np.ndarray] | None:
    """The sharp pictures of two drawings in one size; None where they differ in shape."""
    one, other = drawing.decode(a.drawing), drawing.decode(b.drawing)
    brought = _as_large(other[:, ::-1] if mirrored else other, one)
    return None if brought is None else (one, brought)


def _as_large(picture: np.ndarray, like: np.ndarray) -> np.ndarray | None:
    """The picture in the size of another; None where they differ in shape."""
    height, width = like.shape[:2]
    scale = max(height, width) / max(picture.shape[:2])
    off = np.abs(np.array(picture.shape[:2]) * scale - (height, width)).max()
    if off > _SAME_SHAPE:
        return None
    if picture.shape[:2] == like.shape[:2]:
        return np.ascontiguousarray(picture)
    brought: np.ndarray = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return brought


def _between(x: np.ndarray, y: np.ndarray) -> _Veil | None:
    """The veil over either of two gray pictures, uint8 (h, w), that makes it darker or lighter; of several
    ways to see it the one that leaves the least."""
    found = []
    for light in (False, True):
        one, other = (255 - x, 255 - y) if light else (x, y)
        for on_other, under, over in ((True, one, other), (False, other, one)):
            seen = _over(under.astype(np.float32), over.astype(np.float32))
            found += [] if seen is None else [_Veil(on_other, light, *seen)]
    return min(found, key=lambda veil: veil.left, default=None)


def _over(under: np.ndarray, over: np.ndarray) -> tuple[float, np.ndarray, float] | None:
    """The share that shows through a dark veil, what it covers, and what is left; float32 (h, w)."""
    darker = under - over > _SEEN
    count = int(np.count_nonzero(darker))
    if not _LEAST * under.size < count < _MOST * under.size:
        return None
    bright = darker & (under > _BRIGHT)
    if np.count_nonzero(over - under > _SEEN) > _LIGHTER * count or bright.sum() < _MOSTLY * count:
        return None
    shares = (over + 1) / (under + 1)
    share = _usual(shares[bright])
    alike = bright & (np.abs(shares - share) <= _AS_MUCH)
    few_alike = alike.sum() < _ALIKE * bright.sum()
    if few_alike or (shares[bright] < share - 2 * _AS_MUCH).sum() > _DARKER * bright.sum():
        return None
    if not (_SHARES[0] <= share <= _SHARES[1] and _crosses(under, alike)):
        return None
    near = cv2.dilate(alike.view(np.uint8), _RIM).view(bool)
    cover = np.where(near, ((1 - shares) / (1 - share)).clip(0, 1), 0).astype(np.float32)
    left = np.abs(under - over / (1 - (1 - share) * cover))[darker]
    return share, cover, float(left.mean())


def _usual(shares: np.ndarray) -> float:
    """The most usual one."""
    counts, edges = np.histogram(shares, _BINS, (0, 1))
    wide = round(2 * _AS_MUCH * _BINS)
    most = int(np.convolve(counts, np.ones(wide, int), "same").argmax())
    return float(edges[most] + edges[most + 1]) / 2


def _crosses(under: np.ndarray, cover: np.ndarray) -> bool:
    """Whether a veil lies over content, too."""
    grown = cv2.morphologyEx(cover.view(np.uint8), cv2.MORPH_CLOSE, _ACROSS).view(bool)
    there = under[grown]
    return bool(np.mean(np.abs(there - np.median(there)) > _CONTENT) >= _CROSSED)


def _bare(one: np.ndarray, other: np.ndarray, veil: _Veil) -> tuple[np.ndarray, np.ndarray]:
    """Both pictures, gray or YCrCb, without the veil over one of them."""
    return (one, _without(other, veil)) if veil.on_other else (_without(one, veil), other)


def _without(picture: np.ndarray, veil: _Veil) -> np.ndarray:
    """A picture, uint8 (h, w) or YCrCb (h, w, 3), without the veil over it."""
    cover = cv2.resize(veil.cover, picture.shape[1::-1], interpolation=cv2.INTER_AREA)
    through = 1 - (1 - veil.share) * cover
    veiled = np.array([255 if veil.light else 0, 128, 128], np.float32)  # black and white have no colour
    ground, through = (veiled[0], through) if picture.ndim == 2 else (veiled, through[..., None])
    bare: np.ndarray = (picture.astype(np.float32) - ground) / through + ground
    return bare.round().clip(0, 255).astype(np.uint8)
