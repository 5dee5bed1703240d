"""The command `dashboard`, which is also what happens without a command: the example, then app.py."""

from __future__ import annotations

import os
import runpy

import click

from dupedash.cli.shared.context import Context, pass_context
from dupedash.errors import ConfigError
from dupedash.system.home import HOME
from dupedash.system.screen import has_screen


@click.command()
@click.option("--address", metavar="ADDRESS", help="Where it listens.  [default: $DUPEDASH_ADDRESS, else "
              "127.0.0.1: this machine only]")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535),
              help="0 takes a free one.  [default: $DUPEDASH_PORT, else 8501]")  # fmt: skip
@click.option("--example/--no-example", default=True, show_default=True,
              help="Make the example collection where there is no collection yet.")  # fmt: skip
@click.option("--open/--no-open", "browse", default=has_screen, help="Open it in the browser.  [default: "
              "where there is a screen]")  # fmt: skip
@pass_context
def dashboard(context: Context, address: str | None, port: int | None, example: bool, browse: bool) -> None:
    """Open the dashboard; so does dupedash without a command."""
    if context.url or context.collection:
        raise ConfigError("The dashboard shows every collection: choose one there, or give a command.")
    if example and not context.settings.readonly:
        from dupedash.cli.example import example as make

        click.get_current_context().invoke(make, if_none=True)
    given = {"DUPEDASH_ADDRESS": address, "DUPEDASH_PORT": port, "DUPEDASH_OPEN": int(browse)}
    os.environ["DUPEDASH_DATA"] = str(context.settings.workspace.root)
    os.environ |= {name: str(value) for name, value in given.items() if value is not None}
    runpy.run_path(str(HOME / "app.py"), run_name="__main__")
