"""The command `example`: make the example pictures, index and scan them."""

from __future__ import annotations

import click

from dupedash.cli.collection import print_report
from dupedash.cli.shared.context import Context, interruptible, pass_context
from dupedash.cli.shared.progress import ProgressLine
from dupedash.connect import Connections
from dupedash.errors import Cancelled
from dupedash.indexing import example_unfinished
from dupedash.jobs.firstlook import prepare_example

NAME = "example"


@click.command()
@click.option(
    "--if-none", is_flag=True, help="Only where there is no collection yet, or to finish the example."
)
@pass_context
def example(context: Context, if_none: bool) -> None:
    """Make the example pictures, index and scan them: the collection 'example'."""
    workspace = context.settings.workspace
    if if_none and Connections(workspace).newest() is not None and not example_unfinished(workspace):
        return
    with (
        context.opened(context.to_fill(NAME)) as collection,
        interruptible() as interrupt,
        ProgressLine() as line,
    ):
        report = prepare_example(collection, workspace, progress=line, cancelled=interrupt)
    print_report(collection.name, report)
    if report.stopped:
        raise Cancelled("Stopped before the end. What was read is kept; the same command again goes on.")
