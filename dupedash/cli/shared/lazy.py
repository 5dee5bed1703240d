"""A group of commands that are imported when they are called: each starts without the others' libraries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Row:
    """A command before it is imported.

    module  in `dupedash.cli`; its function has the name of the command
    short   the beginning of its help, for the list of commands; "" leaves it out of that
    """

    module: str
    short: str = ""


class LazyGroup(click.Group):
    """`rows`: what is known of each command, by its name."""

    def __init__(self, *args: Any, rows: Mapping[str, Row], **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows = rows

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """All of them."""
        return list(self.rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now; None where there is none of that name."""
        row = self.rows.get(cmd_name)
        if row is None:
            return None
        command: click.Command = getattr(import_module(f"dupedash.cli.{row.module}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.short) for name, row in self.rows.items() if row.short])
