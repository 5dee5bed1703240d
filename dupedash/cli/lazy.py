"""A group of commands that are imported when they are called: each starts without the others' libraries."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """`modules`: the module of each command; its function has the name of the command."""

    def __init__(self, *args: Any, modules: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """All of them, by name."""
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now; None where there is none of that name."""
        module = self.modules.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(import_module(f"dupedash.cli.{module}"), cmd_name)
        return command
