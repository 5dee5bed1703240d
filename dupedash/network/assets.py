"""The browser's side of the graph: vis-network as pyvis ships it, and our own drawing code. All offline."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def vis_script() -> str:
    """vis-network 9.1.2 as it lies in the pyvis wheel, without the reference to a source map."""
    text = (files("pyvis") / "templates/lib/vis-9.1.2/vis-network.min.js").read_text("utf-8")
    # Not splitlines(): vis-network's strings hold other characters that it would take for line ends.
    return "\n".join(line for line in text.split("\n") if not line.startswith("//# sourceMappingURL"))


@cache
def vis_style() -> str:
    """The style sheet that belongs to it."""
    return (files("pyvis") / "templates/lib/vis-9.1.2/vis-network.css").read_text("utf-8")


@cache
def draw_script() -> str:
    """`dupedashDraw(vis, host, data, on)`: see draw.js."""
    return (files("dupedash.network") / "draw.js").read_text("utf-8")


@cache
def draw_style() -> str:
    """The style of the drawing and its tooltip."""
    return (files("dupedash.network") / "draw.css").read_text("utf-8")
