"""The command `bench`: our figures on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from dupedash.cli.shared.context import interruptible
from dupedash.cli.shared.progress import ProgressLine
from dupedash.cli.shared.write import write
from dupedash.errors import ConfigError

SIZES, QUICK = "1000,4000,10000", "500"


@click.command()
@click.option("--images", default=SIZES, show_default=True, metavar="N,N,…", help="Sizes of the collections.")
@click.option("--quick", is_flag=True, help=f"Only one small collection of {QUICK} images.")
@click.option(
    "--browser", is_flag=True, help="Measure the dashboard over 100,000 made-up images, in a Chromium."
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, allow_dash=True), help="Write the figures."
)
def bench(images: str, quick: bool, browser: bool, json_file: Path | None) -> None:
    """Measure indexing, scanning and re-cutting on drawn pictures, in a temporary folder."""
    from dupedash.bench import BenchFigures, BrowserFigures, run_bench, run_browser_bench

    def say(text: str) -> None:
        click.echo(text, err=str(json_file) == "-")

    figures: BenchFigures | BrowserFigures
    if browser:
        figures = run_browser_bench(say)
    else:
        sizes = sizes_of(QUICK if quick else images)
        with interruptible() as interrupt, ProgressLine() as line:
            figures = run_bench(sizes, say=say, progress=line, cancelled=interrupt)
    if json_file:
        write(json_file, json.dumps(asdict(figures), indent=1))


def sizes_of(text: str) -> list[int]:
    """ "1000,4000" as numbers. Raises ConfigError."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError(f"--images {text!r} is not a list of numbers such as {SIZES}.") from None
