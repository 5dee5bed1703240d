"""The graph inside a page: vis-network in a component, fed by URL; a click comes back as a trigger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dupedash.network import assets
from dupedash.ui.component import asset

_LOADER = f"""const box = {{}};
(function (exports, module, define) {{
{assets.vis_script()}
}})(box, {{ exports: box }}, undefined);
{assets.draw_script()}
globalThis.dupedashGraph = {{ vis: box, draw: dupedashDraw }};
export default function () {{}}
"""

_load = st.components.v2.component("dupedash_graph_code", js=_LOADER)
_graph = st.components.v2.component(
    "dupedash_graph",
    html='<div class="dd-outer" style="position:relative"><div class="dd-host"></div>'
    '<div class="dd-note"></div><div class="dd-tools"><button class="dd-fit" type="button">Show all</button>'
    '<button class="dd-full" type="button">Full screen</button>'
    '<button class="dd-png" type="button">PNG</button>'
    '<a class="dd-svg" download>SVG</a></div></div>',
    css=assets.vis_style() + assets.draw_style() + asset("graph.css"),
    js=asset("graph.js"),
)


@dataclass(frozen=True, slots=True)
class Clicked:
    """What was clicked in this run: an image's id, None for the empty ground; `opened` by a double click."""

    selected: str | None = None
    ground: bool = False
    opened: str | None = None


def draw(url: str, *, focus: str | None, key: str = "graph") -> Clicked:
    """Show the graph at `url`, with the image `focus` selected."""
    _load(key=f"{key}-code")
    theme = st.context.theme.type or "light"
    result: Any = _graph(
        key=key,
        data={"url": url, "focus": focus, "theme": theme},
        on_selected_change=_nothing,
        on_opened_change=_nothing,
    )
    selected, opened = result.selected, result.opened
    return Clicked(
        selected=selected["member"] if selected else None,
        ground=bool(selected) and selected["member"] is None,
        opened=opened["member"] if opened else None,
    )


def _nothing() -> None:
    """A component reports a trigger only where a callback is given."""
