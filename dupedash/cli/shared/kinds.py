"""The option --kind of the commands that show or clear groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from dupedash.model import DUPLICATES, NEAR, ONE_MOMENT, USUAL, PairKind

NAMES = tuple(kind.token for kind in PairKind)


def kind_option(does: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds the option `kinds`; `does`: what the command does with pairs of these kinds."""
    usual, others = (", ".join(kind.token for kind in kinds) for kinds in (DUPLICATES, ONE_MOMENT))
    return click.option(
        "--kind",
        "kinds",
        multiple=True,
        metavar="KIND",
        callback=lambda _context, _option, given: _read(given),
        help=f"{does} of this kind only; several with commas or several options. [default: {usual}, and "
        f"alike below {NEAR}]  No duplicates, and only where they are named: {others}.",
    )


def _read(given: Sequence[str]) -> tuple[PairKind, ...]:
    """The kinds in lists with commas, in their order; none: those that nobody has to name."""
    names = {name.strip() for text in given for name in text.split(",")} - {""}
    unknown = sorted(names - set(NAMES))
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is no kind of pairs; use one of {', '.join(NAMES)}.")
    return tuple(kind for kind in PairKind if kind.token in names) or USUAL
