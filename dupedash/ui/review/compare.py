"""Two pictures, registered: side by side, slider, flip or difference. Drawn in the browser."""

from __future__ import annotations

from enum import StrEnum

from dupedash.model import Explanation, ImageRecord
from dupedash.ui.component import component
from dupedash.ui.door.routes import original_url, picture_url

_NEARLY_ALL = 0.985
"""Where more than this share of a picture is seen in the other, no outline is drawn on it."""


class Mode(StrEnum):
    """How the two are looked at; the values are shown, and stand in the URL."""

    SIDE = "Side by side"
    SLIDER = "Slider"
    FLIP = "Flip"
    DIFFERENCE = "Difference"


def draw(collection: str, pair: tuple[ImageRecord, ImageRecord], why: Explanation | None, mode: Mode) -> None:
    """`why` tells how the second was made from the first; without it they are only put upon one another."""
    a, b = pair
    why = why or Explanation()
    component("compare")(
        key="compare",
        data={
            "mode": mode.name.lower(),
            "a": _side(collection, a),
            "b": _side(collection, b),
            "affine": list(why.affine) if registered(why) and why.affine else None,
            "croppedA": why.overlap_a < _NEARLY_ALL,
            "croppedB": why.overlap_b < _NEARLY_ALL,
            "residual": [list(box) for box in why.residual],
        },
    )


def _side(collection: str, record: ImageRecord) -> dict[str, str]:
    return {
        "url": picture_url(collection, record.id, record.content),
        "original": original_url(collection, record.id, record.content),
        "name": record.filename,
    }


def registered(why: Explanation | None) -> bool:
    """Whether there is a registration that can be turned round."""
    if why is None or why.affine is None:
        return False
    m00, m01, _, m10, m11, _ = why.affine
    return abs(m00 * m11 - m01 * m10) > 1e-6
