"""The root command, and the only place that turns errors into exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from dupedash import __version__
from dupedash.cli.shared.context import Context
from dupedash.cli.shared.exit import Exit
from dupedash.cli.shared.lazy import LazyGroup, Row
from dupedash.connect import FlowOptions
from dupedash.errors import (
    BadReply,
    Cancelled,
    ConfigError,
    DupedashError,
    Rejected,
    Unreachable,
    system_words,
)
from dupedash.system.home import data_folder

COMMANDS = {
    "dashboard": Row("dashboard", "Open the dashboard; so does dupedash without a command."),
    "status": Row("collection", "Is the collection reachable, how many images, which engine."),
    "index": Row("collection", "Read the images of folders and files into the collection."),
    "scan": Row("scan", "Find the duplicates of the collection."),
    "folders": Row("folders", "Say which folders share images, and what only one of them has."),
    "check": Row("check", "Check images before they are added."),
    "plan": Row("actions", "Say what would be done with the duplicates of a scan."),
    "apply": Row("actions", "Do what a plan says."),
    "undo": Row("actions", "Take back what was applied last."),
    "clear": Row("collection", "Forget all images of the collection; the files stay where they are."),
    "watch": Row("watch", "Look again and again for new images, and tell which are duplicates."),
    "serve": Row("serve", "Serve the collection with the Flow API, for programs written for Flow."),
    "example": Row("example", "Make the example pictures, index and scan them."),
    "model": Row("model", "Let scans also compare what a model of your own (ONNX) finds near."),
    "selftest": Row("selftest", "Try the engine on copies of your own images, made in memory."),
    "bench": Row("bench", "Measure indexing, scanning and re-cutting on drawn pictures."),
    "job": Row("job"),
}
"""Every command, as somebody new meets them."""


@click.group(cls=LazyGroup, rows=COMMANDS, invoke_without_command=True,
             context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})  # fmt: skip
@click.version_option(__version__, prog_name="dupedash")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help=f"Everything that is kept.  [default: $DUPEDASH_DATA, else {data_folder()}]")  # fmt: skip
@click.option("--collection", metavar="NAME",
              help="The collection. By default `index` uses 'default', `example` uses 'example', and the "
                   "others the one that was changed last. With --url: its name on the server.")  # fmt: skip
@click.option("--url", metavar="FLOW_URL", help="A Flow server instead of a collection on this machine.")
@click.option("--api-key", envvar="DUPEDASH_API_KEY", metavar="KEY", default="",
              help="The server's key; better given as $DUPEDASH_API_KEY.")  # fmt: skip
@click.option("--images", metavar="PLACE", default="",
              help="Where the pictures of a Flow server are: a folder or URL that goes before each address, "
                   "or one with {image}, {filename}, {id} or another field in it; {image} alone: the "
                   "addresses are URLs of the open Internet. By default pictures are not read.")  # fmt: skip
@click.option("--image-header", "image_headers", multiple=True, metavar="'NAME: VALUE'",
              help="Sent with every request for a picture to the host that --images names.")  # fmt: skip
@click.option("--param", "names", multiple=True, metavar="NAME=NAME",
              help="Another name for a parameter of Flow's API that its documentation does not give, for "
                   "example rank.by.data=rank.by.image; of the server asked, and of `serve`.")  # fmt: skip
@click.option("--ca-file", "certificates", metavar="FILE", default="",
              help="Certificates to trust, for a server with one of your own.")  # fmt: skip
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def dupedash(
    ctx: click.Context,
    /,
    data: Path | None,
    collection: str | None,
    url: str | None,
    debug: bool,
    **flow: Any,
) -> None:
    """Find, judge and clear duplicate images.

    Exit codes: 0 done, 1 failure, 2 wrong use, 3 server not reachable or refused, 4 `check` found a
    duplicate, 130 interrupted.
    """
    ctx.obj = Context.of(data, collection, url, FlowOptions(**flow), debug)
    if ctx.invoked_subcommand is None:
        start = dupedash.get_command(ctx, "dashboard")
        assert start is not None
        ctx.invoke(start)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code comes back."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _take_any_text()
    try:
        code = dupedash.main(words, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else Exit.DONE
    except click.ClickException as error:
        error.show()
        return Exit.WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return Exit.INTERRUPTED
    except DupedashError as error:
        if "--debug" in words:
            raise
        click.echo(f"Error: {error}", err=True)
        return exit_code(error)
    except BrokenPipeError:  # whoever read our output has enough
        _forget_output()
        return Exit.DONE
    except OSError as error:
        if "--debug" in words:
            raise
        click.echo(f"Error: {system_words(error)}", err=True)
        return Exit.FAILURE


def _take_any_text() -> None:
    """What a terminal or file cannot hold is written as an escape, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """What is still to be written goes nowhere, or Python complains at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            os.dup2(nowhere, stream.fileno())


def exit_code(error: DupedashError) -> Exit:
    """What an error of ours means to a script."""
    match error:
        case Cancelled():
            return Exit.INTERRUPTED
        case ConfigError():
            return Exit.WRONG_USE
        case Unreachable() | BadReply() | Rejected():
            return Exit.NOT_REACHABLE
        case _:
            return Exit.FAILURE
