"""The command `watch`: look again and again for what is new, and tell it."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial

import click

from dupedash.cli.collection import printable
from dupedash.cli.shared.context import Context, interruptible, pass_context
from dupedash.cli.shared.progress import ProgressLine
from dupedash.model import NEAR
from dupedash.watch import News, Watch, channels
from dupedash.watch import watch as begin

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LEAST = 10  # seconds: a look at 100,000 unchanged files takes about as long
LISTED = 20  # groups: what fits on a screen


def seconds(text: str) -> float:
    """ "90s", "30m", "1h", "1d" in seconds. Raises click.BadParameter."""
    given = re.fullmatch(r"(\d{1,6})([smhd])", text.strip().lower())
    if given is None or int(given[1]) * _UNITS[given[2]] < LEAST:
        raise click.BadParameter(f"{text!r} is no time: write 30m, 1h or 1d; {LEAST}s at least.")
    return int(given[1]) * _UNITS[given[2]]


@click.command()
@click.option("--every", metavar="TIME", default="1h", show_default=True,
              callback=lambda _context, _option, text: seconds(text),
              help="How long it waits from look to look: 30m, 1h, 1d.")  # fmt: skip
@click.option("--once", is_flag=True, help="Look once and end, for cron and other timers.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=NEAR, show_default=True)
@click.option("--run", metavar="COMMAND", default="",
              help="Run this, without a shell, where new images are duplicates; it gets the news as JSON on "
                   "its standard input.")  # fmt: skip
@click.option("--notify", metavar="URL", default="", help="Post the same JSON to this address.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
              help="A host of --notify that may be in your own network; others must be in the open "
                   "Internet.")  # fmt: skip
@pass_context
def watch(
    context: Context,
    every: float,
    once: bool,
    threshold: float,
    run: str,
    notify: str,
    hosts: tuple[str, ...],
) -> None:
    """Read what is new in the folders of the collection, search it, and tell which of it is a duplicate.

    Again and again, until Ctrl-C or SIGTERM. Nothing is cleared by itself. What is there at the first look
    counts as known, or what the last scan knows. The dashboard shows the news, too.
    """
    connection = context.existing()
    with interruptible() as interrupt, ProgressLine() as line:
        how = Watch(
            context.settings.workspace,
            connection.name,
            partial(context.opened, connection),
            0.0 if once else every,
            threshold,
            channels(run, notify, hosts),
            line,
            interrupt,
        )
        begin(how, lambda words, news: tell(line, words, news))


def tell(line: ProgressLine, words: str, news: News | None) -> None:
    """One line a look, and below it the first groups."""
    line.close()
    click.echo(printable(f"{datetime.now():%Y-%m-%d %H:%M}  {words}"))
    for group in news.groups[:LISTED] if news else ():
        known = f" = {group.known[0]}" if group.known else ""
        others = len(group.new) + len(group.known) - (2 if group.known else 1)
        more = f" and {others:,} more" if others else ""
        click.echo(printable(f"    {group.new[0]}{known}{more} ({group.score:.2f})"))
