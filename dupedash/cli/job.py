"""The hidden command `job`: the process of a background job, started by `Jobs.start`."""

from __future__ import annotations

import click

from dupedash.cli.shared.context import Context, pass_context


@click.command(hidden=True)
@click.argument("identifier", metavar="ID")
@pass_context
def job(context: Context, identifier: str) -> int:
    """Carry out a background job of the workspace."""
    from dupedash.jobs import JobStatus, work
    from dupedash.jobs.kinds import KINDS

    return 1 if work(context.settings, identifier, KINDS) is JobStatus.FAILED else 0
