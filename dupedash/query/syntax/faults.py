"""How a filter query's fault is told: a sentence, what to do, and a line that points at it."""

from __future__ import annotations

from dupedash.errors import QueryError

SHOWN = 50
"""Characters of the query that are shown on each side of the fault."""


def fault(message: str, query: str, position: int | None = None, hint: str = "") -> QueryError:
    """The error to raise. Its text holds the sentence, the hint and the caret lines."""
    where = "" if position is None else f" (column {position + 1})"
    text = f"{message}{where}."
    if hint:
        text += f" {hint}"
    if position is not None:
        text += "\n" + caret(query, position)
    return QueryError(text, query, position, hint)


def caret(query: str, position: int) -> str:
    """Two lines: the query around `position`, and a caret below that column."""
    start = max(0, position - SHOWN)
    shown = "".join(c if c.isprintable() else " " for c in query[start : position + SHOWN])
    dots = "…" if start else ""
    return f"  {dots}{shown}\n  {' ' * (len(dots) + position - start)}^"


def short(text: str) -> str:
    """A name or value as it may stand in a message, whatever its length."""
    return text if len(text) <= 60 else text[:59] + "…"
