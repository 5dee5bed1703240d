"""A network as one SVG picture: for paper, slides and mails, where nothing can be clicked or zoomed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from dupedash.network.build import Network
from dupedash.network.sprite import BOX

Drawn = Callable[[Mapping[str, Any]], str]
"""A node → the SVG of its picture in a BOX around (0, 0); "" where it has none."""

_MARGIN = 70
"""Around all: half a picture, and the name below it."""
_LINE, _LETTERS = 15, 15
"""Height of a line of a name, and its letters: neighbours are 120 apart."""
_STYLE = (
    "text{font:13px system-ui,sans-serif;text-anchor:middle;fill:currentColor;"
    "paint-order:stroke;stroke:var(--page,#fff);stroke-width:3px}"
    ".score{font-size:11px;stroke-width:4px}"
    ".dot{fill:#7a869a}"
)


def picture(network: Network, drawn: Drawn, link: Callable[[Mapping[str, Any]], str] | None = None) -> str:
    """The whole network as an <svg> element; every text in it is escaped. `link`: where a node leads."""
    nodes = network.nodes
    at = {node["id"]: (float(node["x"]), float(node["y"])) for node in nodes}
    xs, ys = [x for x, _ in at.values()] or [0.0], [y for _, y in at.values()] or [0.0]
    left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
    width, height = max(xs) + _MARGIN - left, max(ys) + _MARGIN - top
    parts = [
        *(_edge(edge, at) for edge in network.edges),
        *(_node(node, drawn(node), link(node) if link else "") for node in nodes),
        *(_score(edge, at) for edge in network.edges if edge["holding"]),
    ]
    view = f"{left:g} {top:g} {width:g} {height:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{width:g}" height="{height:g}" '
        f'role="img" aria-label="Graph of the groups"><style>{_STYLE}</style>{"".join(parts)}</svg>'
    )


Places = Mapping[int, tuple[float, float]]


def _edge(edge: Mapping[str, Any], at: Places) -> str:
    (x1, y1), (x2, y2) = at[edge["from"]], at[edge["to"]]
    dashes = ' stroke-dasharray="8 6"' if edge["dashes"] else ""
    stroke = f'stroke="{edge["color"]}" stroke-width="{edge["width"] / 4:g}"{dashes}'
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" {stroke}/>'


def _node(node: Mapping[str, Any], image: str, link: str) -> str:
    shown = image or '<circle class="dot" r="10"/>'
    below = BOX[1] / 2 + 13 if image else 24
    rows = enumerate(_lines(str(node["label"])))
    name = "".join(f'<text y="{below + row * _LINE:g}">{escape(line)}</text>' for row, line in rows)
    title = f"<title>{escape(str(node['where']))}</title>"
    whole = f'<g transform="translate({node["x"]:g} {node["y"]:g})">{title}{shown}{name}</g>'
    return f'<a href="{escape(link)}" tabindex="-1">{whole}</a>' if link else whole


def _lines(label: str) -> tuple[str, ...]:
    """A name in one line or two, the second begun behind a sign that parts words where there is one."""
    if len(label) <= _LETTERS:
        return (label,)
    least = len(label) - _LETTERS
    at = max((place for place in range(least, _LETTERS + 1) if label[place - 1] in "-_. "), default=_LETTERS)
    return label[:at], label[at:]


def _score(edge: Mapping[str, Any], at: Places) -> str:
    (x1, y1), (x2, y2) = at[edge["from"]], at[edge["to"]]
    return f'<text class="score" x="{(x1 + x2) / 2:g}" y="{(y1 + y2) / 2 + 4:g}">{edge["score"]:.2f}</text>'
