"""The command `selftest`: what the engine finds of copies of the user's own images."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dupedash.cli.collection import printable
from dupedash.cli.shared.context import Context, interruptible, pass_context
from dupedash.cli.shared.progress import ProgressLine, duration
from dupedash.cli.shared.write import write
from dupedash.model import NEAR
from dupedash.report.selftest import selftest_html
from dupedash.scans.export import json_text
from dupedash.selftest import IMAGES, SelfTest, Trial, keep, mean_score, run_selftest
from dupedash.wording import plural

LISTED = 20  # failed copies: what fits on a screen
File = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


@click.command()
@click.option("--images", type=click.IntRange(1, 1000), default=IMAGES, show_default=True,
              help="Of so many images copies are made.")  # fmt: skip
@click.option("--threshold", type=click.FloatRange(0, 1), default=NEAR, show_default=True)
@click.option("--json", "json_file", type=File, help="Write every copy with its score; - for stdout.")
@click.option("--html", "html_file", type=File, help="Write the figures and the copies that failed, as one "
              "file with pictures.")  # fmt: skip
@pass_context
def selftest(
    context: Context, images: int, threshold: float, json_file: Path | None, html_file: Path | None
) -> None:
    """Try the engine on copies of your own images: what it finds, what it mistakes, which threshold fits.

    Copies of every kind of change are made in memory and looked up as `check` does; nothing is written into
    the collection. The dashboard shows the last one on Explore.
    """
    connection = context.existing()
    with context.opened(connection, os.cpu_count() or 1) as collection:
        with interruptible() as interrupt, ProgressLine() as line:
            result = run_selftest(collection, images, progress=line, cancelled=interrupt)
        if html_file:
            write(html_file, selftest_html(result, threshold, collection.thumbnail))
    if not context.settings.readonly:
        keep(context.settings.workspace, connection.name, result)
    if json_file:
        write(json_file, json_text(result.to_json(), indent=1))
    for text in lines(result, threshold):
        click.echo(printable(text), err=Path("-") in (json_file, html_file))


def lines(result: SelfTest, threshold: float) -> list[str]:
    """The figures for a person."""
    copies = len(result.trials)
    head = f"selftest    {plural(copies, 'copy', 'copies')} of {plural(result.images, 'image')} of "
    found = [f"{head}{result.collection}, {duration(result.seconds)}"]
    for change, trials in result.by_change().items():
        count = sum(not trial.missed(threshold) for trial in trials)
        found.append(f"{change:16} {count:4} of {len(trials)} found, mean score {mean_score(trials):.2f}")
    share = result.found(threshold) / copies
    wrong = plural(result.wrong(threshold), "wrong match", "wrong matches")
    found.append(f"at {threshold:.2f}     {share:.1%} found, {wrong}")
    found.append(f"suggested   {result.words}")
    failed = [t for t in result.trials if t.missed(threshold) or t.mistaken(threshold)]
    found += [_failed(trial, threshold) for trial in failed[:LISTED]]
    left = len(failed) - LISTED
    return [*found, f"… and {left:,} more failed: --html shows them"] if left > 0 else found


def _failed(trial: Trial, threshold: float) -> str:
    copy = f"{trial.change}: {trial.location}"
    if trial.mistaken(threshold):
        return f"wrong       {copy} = {trial.wrong[0][1]} ({trial.wrong[0][2]:.2f})"
    return f"missed      {copy} ({f'{trial.score:.2f}' if trial.score else 'not found'})"
