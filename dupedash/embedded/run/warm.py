"""Load what a comparison needs before there is one: the libraries, and the compiled code, which takes a third
of a second on its first call."""

from __future__ import annotations

import numpy as np

from dupedash.compiled import to_compile
from dupedash.embedded.compare import pairs
from dupedash.embedded.describe.descriptor import describe
from dupedash.embedded.retrieve.index import Index, Indexable, search

_SIDE = 160
"""Pixels: the smallest picture that the comparison looks at in every respect."""


def warm_up() -> None:
    """Look up and compare two drawn pictures. Nothing is compiled here: that is done once, and told."""
    if to_compile():
        return
    shades = np.random.default_rng(0).integers(0, 255, (_SIDE // 8, _SIDE // 8, 3), np.uint8)
    picture = np.kron(shades, np.ones((8, 8, 1), np.uint8))
    one, other = describe(picture), describe(picture // 2 + 60)
    search(Index.build([Indexable.of(one)]), [other], 2.0)
    pairs.judge(one, other, (False,)).explanation(one, other)
