"""How to read the graph: the same on its page, in the report and in the graph as a file."""

from __future__ import annotations

from dupedash.network.build import SCALE

_INLINE = "display: inline-block; vertical-align: middle; margin: 0 .2rem"
_PRINTED = "print-color-adjust: exact; -webkit-print-color-adjust: exact"


def legend() -> str:
    """HTML, a span for each thing that is drawn; it needs no style sheet."""
    low, *_, high = SCALE
    scale = f"width: 80px; height: 6px; background: linear-gradient(90deg, {', '.join(SCALE.values())})"
    return (
        f'<span>score {low} <i style="{_INLINE}; {scale}; {_PRINTED}"></i> {high}</span>'
        f'<span><b style="{_INLINE}; width: 26px; border-top: 2px dashed currentColor"></b>'
        "bridge: without it the group falls apart</span>"
        "<span>a number: the link that holds a group together</span>"
    )
