"""Properties of images side by side, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dupedash.images.properties import Property


def table_html(heads: Sequence[str], rows: Sequence[Property]) -> str:
    """Properties as a table; the rows that differ are marked."""
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join(
        f'<tr class="{"differs" if row.differs else "same"}"><th>{escape(row.name)}</th>'
        + "".join(f"<td>{escape(value)}</td>" for value in row.values) + "</tr>"
        for row in rows
    )  # fmt: skip
    table = f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="dd-table"><table>{table}</table></div>'
