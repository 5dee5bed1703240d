"""Why two pictures match, read from the registration and from what the comparison has in hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from dupedash.embedded.compare.edits.marks import WITHOUT_TEXTURE, Signs
from dupedash.embedded.compare.edits.rest import Box, Rest, boxes, rest
from dupedash.embedded.compare.edits.signs import Told, signs
from dupedash.embedded.compare.edits.tint import tint
from dupedash.embedded.compare.edits.toned import SAME_TONES, Tones, tones
from dupedash.embedded.compare.local import by_cell
from dupedash.embedded.compare.verify import Evidence
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.images.marks.measure import Marks
from dupedash.model import ChangeKind, Explanation

_WHOLE = 0.955
"""Overlap from which a picture counts as seen as a whole: registration is not exact to the pixel."""
_SEVERAL = 30
"""Fewer cells that overlap say nothing of tones and colours."""
_MOST_AS_IT_WAS = 0.9
"""Where fewer of the cells were used for the first fit, it is rather the tones that were changed than
something put over a part of the picture."""
_CLIPPED, _STRONG = 12.0, 5.0
"""Gray values by which noise or a sharpening changes the tones of a picture at most, where white is clipped,
and by which a watermark does."""
_OPPOSITE = {ChangeKind.BRIGHTER: ChangeKind.DARKER, ChangeKind.DARKER: ChangeKind.BRIGHTER}


@dataclass(frozen=True, slots=True, eq=False)
class _Pixels:
    """What the pixels say: tones and colours, and what was put over one of them."""

    tones: Tones = SAME_TONES
    colours: Signs = ()
    rest: Rest | None = None
    boxes: tuple[Box, ...] = ()


def explain(evidence: Evidence, a: Descriptor, b: Descriptor) -> Explanation:
    """What happened to a that made it b, most important first."""
    found = evidence.agreement
    across, down = evidence.scales
    aspect = across / max(down, 1e-9)
    seen = _pixels(evidence)
    contrast = _contrast(evidence, seen.tones)
    fits = partial(_fits, evidence, seen, _on_plain(a.marks, b.marks))
    told = signs(evidence, a, b, seen.boxes, contrast, fits)
    kinds = _kinds(evidence, aspect, seen, told)
    slight = (ChangeKind.SLIGHT,) if told.slight and not kinds else ()
    return Explanation(
        kinds or _saved(evidence, told),
        tuple(float(x) for x in _with_mirror(evidence).ravel()),
        evidence.mirrored,
        found.overlap_a,
        found.overlap_b,
        evidence.rotation if abs(evidence.rotation) > 0.05 else 0.0,
        math.sqrt(across * down),
        aspect,
        evidence.inliers,
        seen.boxes,
        (*told.a, *slight),
        (*told.b, *slight),
    )


def _pixels(evidence: Evidence) -> _Pixels:
    laid = evidence.agreement.laid
    if laid is None or laid.used.sum() < _SEVERAL:
        return _Pixels()
    over, onto = (by_cell(picture)[..., 0].astype(np.float32) for picture in (laid.over, laid.onto))
    many = laid.used.sum() > _MOST_AS_IT_WAS * laid.whole_cells.sum()
    found = tones(over, onto, laid.used if many else laid.whole_cells)
    one, other = found.brought_together(laid.over, laid.onto)
    colours = tint(one, other, laid.used)
    toned = found.off > _STRONG or ChangeKind.CONTRAST in found.kinds
    left = rest(one, other, laid, coloured=ChangeKind.COLOUR in colours, toned=toned)
    return _Pixels(found, colours, left, tuple(_in_b(evidence, box) for box in boxes(laid, left.differing)))


def _contrast(evidence: Evidence, found: Tones) -> float:
    laid = evidence.agreement.laid
    return found.contrast if laid and laid.onto_b else -found.contrast


def _in_b(evidence: Evidence, box: Box) -> Box:
    """A box of the picture that was laid onto, in the unit square of b."""
    laid = evidence.agreement.laid
    x0, y0, x1, y1 = box
    if laid and laid.flipped:
        x0, x1 = 1 - x1, 1 - x0
    if laid and laid.onto_b:
        return x0, y0, x1, y1
    corners = _with_mirror(evidence) @ np.array([[x0, x1, x0, x1], [y0, y0, y1, y1], [1, 1, 1, 1]])
    (left, top), (right, bottom) = corners.min(axis=1).clip(0, 1), corners.max(axis=1).clip(0, 1)
    return float(left), float(top), float(right), float(bottom)


def _with_mirror(evidence: Evidence) -> np.ndarray:
    """The map onto b as it is, not onto its mirror image."""
    if not evidence.mirrored:
        return evidence.unit_matrix
    affine: np.ndarray = np.array([[-1, 0], [0, 1]]) @ evidence.unit_matrix + np.array([[0, 0, 1], [0, 0, 0]])
    return affine


def _kinds(evidence: Evidence, aspect: float, seen: _Pixels, told: Told) -> tuple[ChangeKind, ...]:
    fine = told.kinds
    overlay = (ChangeKind.OVERLAY,) if seen.boxes else ()
    # What a sharpening cuts off at white and black changes colours, too.
    colours = () if ChangeKind.SHARPENED in fine and ChangeKind.GRAY not in seen.colours else seen.colours
    kinds = (*_geometry(evidence, aspect), *_tones(evidence, seen, fine), *colours, *fine, *overlay)
    return tuple(dict.fromkeys(kinds))


def _saved(evidence: Evidence, told: Told) -> tuple[ChangeKind, ...]:
    if ChangeKind.UPSCALED in (*told.a, *told.b):
        return (ChangeKind.UPSCALED,)
    same_size = evidence.size_a == evidence.size_b
    return (ChangeKind.RE_ENCODED if same_size else ChangeKind.RESIZED,)


def _geometry(evidence: Evidence, aspect: float) -> list[ChangeKind]:
    found, kinds = evidence.agreement, []
    in_a, in_b = found.overlap_a >= _WHOLE, found.overlap_b >= _WHOLE
    if evidence.mirrored:
        kinds.append(ChangeKind.MIRRORED)
    if evidence.turned:
        kinds.append(ChangeKind.TURNED)
    elif abs(evidence.rotation) > 0.7:
        kinds.append(ChangeKind.ROTATED)
    if not in_a:
        kinds.append(ChangeKind.CROPPED)
    if in_a and not in_b:
        kinds.append(ChangeKind.PART_OF if found.overlap_b < 0.35 else ChangeKind.BORDERED)
    if abs(math.log(aspect)) > 0.03:
        kinds.append(ChangeKind.STRETCHED)
    return kinds


def _tones(evidence: Evidence, seen: _Pixels, fine: Signs) -> Signs:
    """How b's tones differ from those of a; not where noise, a sharpening or a watermark explains it."""
    found = seen.tones
    if (fine and found.off < _CLIPPED) or (seen.boxes and found.off < _STRONG):
        return ()
    laid = evidence.agreement.laid
    if laid and laid.onto_b:
        return found.kinds
    return tuple(_OPPOSITE.get(kind, kind) for kind in found.kinds)


_SEEN_IN_THUMB, _A_LITTLE_SOFTER = 1024, 0.2
"""Up to this long side, in pixels, a thumbnail is sharp enough to show a blur or sharpening, by at least so
much: other contrast and turning pixels make 0.2."""
_OF_SAVING = frozenset({ChangeKind.UPSCALED, ChangeKind.CONVERTED, ChangeKind.COMPRESSED})
_SOFTER, _NOISE, _NOISE_IF_TONED = 0.6, 1.0, 0.6
"""How much fine detail the softer one lacks, and how far the calmer cells are off, where a blur or noise is
told beside something put over the picture, which has detail of its own, or beside other tones, which change
it."""

_ON_PLAIN = 0.8
"""Strength of noise on plain ground, a logarithm to the base 2 of gray values: JPEG at quality 85 leaves 0.9
of noise of 6."""


def _on_plain(a: Marks, b: Marks) -> bool:
    """Whether plain ground of one is noisy in the other: neither other tones nor a caption do that. Where
    white or black is clipped the noise itself makes the ground darker or brighter."""
    quiet, noisy = sorted((a.calm, b.calm))
    return quiet[1] < WITHOUT_TEXTURE and noisy[0] > _ON_PLAIN


def _fits(evidence: Evidence, seen: _Pixels, on_plain: bool, kind: ChangeKind) -> bool:
    """Whether what the marks say of the whole picture is so beside its tones and what was put over it."""
    left, toned = seen.rest, seen.tones.off > _STRONG
    if left is None or kind in _OF_SAVING:
        return True
    if kind is ChangeKind.NOISE:
        return on_plain or left.usual > (_NOISE if seen.boxes else _NOISE_IF_TONED if toned else -1)
    shown = max(evidence.size_a) <= _SEEN_IN_THUMB
    return -left.softer > (_SOFTER if seen.boxes or toned else _A_LITTLE_SOFTER if shown else -1)
