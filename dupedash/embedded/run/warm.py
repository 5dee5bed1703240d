"""Make and load what a comparison needs before there is one: the libraries, and the compiled code. That takes
a third of a second on its first call, and half a minute where it is still to be made."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from dupedash.compiled import to_compile
from dupedash.embedded.compare import pairs
from dupedash.embedded.describe.descriptor import describe
from dupedash.embedded.retrieve.index import Index, Indexable, search

_SIDE = 160
"""Pixels: the smallest picture that the comparison looks at in every respect."""
_LINES, _TURNED = 6, 1.0
"""Lines of a drawn page, and the degrees by which its copy is turned: strokes must be brought together."""


def compile_all() -> None:
    """Have all machine code made that a search calls, whatever pictures it meets: else it would not be ready
    until somebody compared drawings, and a black and white copy."""
    picture = _coloured()
    _compare(picture, picture // 2 + 60)
    _compare(picture, cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))
    page = _page()
    middle = page.shape[1] / 2, page.shape[0] / 2
    turn = cv2.getRotationMatrix2D(middle, _TURNED, 1.0)
    other = cv2.putText(page.copy(), "9", (240, 120), cv2.FONT_HERSHEY_DUPLEX, 1.0, (0, 0, 0), 2)
    _compare(page, cv2.warpAffine(other, turn, page.shape[1::-1], borderValue=(255, 255, 255)))


def make_ready() -> None:
    """Whatever it takes: nobody waits for an answer yet."""
    compile_all() if to_compile() else warm_up()


def warm_up() -> None:
    """Look up and compare two drawn pictures, once. Nothing is compiled here: that is done once, and told."""
    if not to_compile():
        _compare_once()


@cache
def _compare_once() -> None:
    picture = _coloured()
    _compare(picture, picture // 2 + 60)


WARM_UP = f"{__name__}:{warm_up.__name__}"
"""As `dupedash.workers` wants it."""


def sample() -> bytes:
    """A small picture, as a PNG file."""
    return cv2.imencode(".png", _coloured())[1].tobytes()


def _compare(one: np.ndarray, other: np.ndarray) -> None:
    described = describe(one), describe(other)
    search(Index.build([Indexable.of(described[0])]), [described[1]], 2.0)
    pairs.judge(*described, (False,)).explanation(*described)


def _coloured() -> np.ndarray:
    """Squares of all colours: uint8 RGB."""
    shades = np.random.default_rng(0).integers(0, 255, (_SIDE // 8, _SIDE // 8, 3), np.uint8)
    return np.kron(shades, np.ones((8, 8, 1), np.uint8))


def _page() -> np.ndarray:
    """A page with some lines of text: uint8 RGB."""
    page = np.full((_LINES * 40, 320, 3), 255, np.uint8)
    for line in range(_LINES):
        at = 10, 35 + 38 * line
        cv2.putText(page, f"HEADLINE {line}", at, cv2.FONT_HERSHEY_DUPLEX, 1.0, (0, 0, 0), 2)
    return page
