"""Scale and size as the files have them: pictures are compared at other sizes than those of their files."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dupedash.model import ChangeKind, Explanation
from dupedash.scans.tables.columns import bits_of

Sizes = npt.NDArray[np.int64]
"""Width and height, 0 where unknown; of several images in rows."""


def of_files(why: Explanation, a: Sizes, b: Sizes) -> Explanation:
    """The same explanation with the scale between files of these sizes, and "resized" where they differ."""
    if not (a.all() and b.all()):
        return why
    kinds = why.kinds if (a == b).all() else tuple(map(_resized, why.kinds))
    return replace(why, kinds=kinds, scale=_scale(why.affine, a, b) if why.affine else why.scale)


def _resized(kind: ChangeKind) -> ChangeKind:
    return ChangeKind.RESIZED if kind is ChangeKind.RE_ENCODED else kind


def _scale(affine: tuple[float, ...], a: Sizes, b: Sizes) -> float:
    """Size of a's content in b, in pixels of b's file per pixel of a's; `affine` maps the unit squares."""
    m00, m01, _, m10, m11, _ = affine
    return math.sqrt(abs(m00 * m11 - m01 * m10) * float(b.prod()) / float(a.prod()))


def resized_bits(kinds: npt.NDArray[Any], a: Sizes, b: Sizes) -> npt.NDArray[Any]:
    """The kinds of many matches, as `columns` stores them, with "resized" where `of_files` says so."""
    saved, resized = (kinds.dtype.type(bits_of([k])) for k in (ChangeKind.RE_ENCODED, ChangeKind.RESIZED))
    other = (a != b).any(axis=1) & a.all(axis=1) & b.all(axis=1) & (kinds & saved != 0)
    return np.where(other, kinds & ~saved | resized, kinds)
