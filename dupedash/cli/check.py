"""The command `check`: is an image new, or a copy of what is there? Its exit code is a gate for pipelines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from dupedash.check import (
    DUPLICATES,
    GATES,
    Added,
    Bands,
    Gate,
    Placing,
    Report,
    add_checked,
    check_images,
    compare_inside,
    of_ids,
    of_sources,
    report_to_json,
)
from dupedash.check.export import places_of
from dupedash.check.gate import Answer, Finding
from dupedash.check.intake import Item
from dupedash.cli.actions import print_failures
from dupedash.cli.collection import field_values, printable
from dupedash.cli.shared.context import Context, interruptible, pass_context
from dupedash.cli.shared.exit import Exit
from dupedash.cli.shared.progress import ProgressLine
from dupedash.cli.shared.write import write
from dupedash.connect import Connection
from dupedash.errors import CollectionError, ConfigError
from dupedash.fetch import UrlAccess
from dupedash.model import NEAR, Failure
from dupedash.review import decisions_of
from dupedash.scans.export import json_text

ADDING = {
    "new": GATES["add only"],
    "linked": GATES["link versions"],
    "all": Gate("all", answers=dict.fromkeys(Finding, Answer.ADD)),
}


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE|FOLDER|ZIP|URL]...")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Check this image of the collection.")
@click.option("--fq", multiple=True, metavar="Q", help="Search only what this filter admits; all must hold.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=NEAR, show_default=True,
              help="From this score on it is a duplicate.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Write the whole answer as JSON.")
@click.option("--add", type=click.Choice(list(ADDING)),
              help="Add what is new; or also copies, linked to what they copy; or all.")  # fmt: skip
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field of the added images.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Keep added images of archives here.")  # fmt: skip
@pass_context
def check(
    context: Context,
    sources: tuple[str, ...],
    ids: tuple[str, ...],
    fq: tuple[str, ...],
    threshold: float,
    as_json: bool,
    add: str | None,
    fields: tuple[str, ...],
    into: Path | None,
) -> int:
    """Check images before they are added: is each new, or a copy of what is there or of one before it?

    Exit codes: 0 all are new, 4 at least one is a duplicate, 1 an image could not be checked.
    """
    if bool(sources) == bool(ids):
        raise ConfigError("Name files, folders, archives or URLs; or images of the collection with --id.")
    if add:
        context.settings.must_write()
    gate = replace(ADDING[add] if add else GATES["look only"], bands=Bands.from_threshold(threshold))
    placing = Placing(field_values(fields), into)
    items = of_ids(ids) if ids else _named(sources)
    connection = _connection(context, adding=add is not None)
    with context.opened(connection) as collection, interruptible() as interrupt:
        with ProgressLine() as line:
            report = check_images(
                collection, items, gate, fq=fq, decisions=decisions_of(context.settings.workspace),
                inside=compare_inside, workers=os.cpu_count() or 1, progress=line, cancelled=interrupt,
            )  # fmt: skip
        added = add_checked(collection, report.checked, placing, context.settings.workspace) if add else None
        if as_json:
            write(Path("-"), json_text(report_to_json(collection, report, added), indent=1))
        else:
            print_report(report, added, places_of(collection, report))
    failed = print_failures([*report.failures, *(added.failed if added else ())])
    return failed or (Exit.DUPLICATE if any(one.finding in DUPLICATES for one in report.checked) else 0)


def _named(sources: tuple[str, ...]) -> Iterator[Item | Failure]:
    """The user named these hosts; whatever they redirect to is not trusted."""
    hosts = frozenset(filter(None, (urlsplit(source).hostname for source in sources)))
    return of_sources(sources, urls=UrlAccess(allowed=True, trusted=hosts))


def _connection(context: Context, adding: bool) -> Connection:
    """The collection to check against; made where images are to be added and there is none."""
    if adding and context.collection:
        return context.to_fill()
    try:
        return context.existing()
    except CollectionError:
        if not adding:
            raise
        return context.to_fill()


def print_report(report: Report, added: Added | None, places: Mapping[str, str]) -> None:
    """A line an image, then the sums. `places`: id → location."""
    for one in report.checked:
        known = f", in the collection as {one.known_as}" if one.known_as else ""
        left_out = f", {one.left_out:,} decided not to be duplicates" if one.left_out else ""
        said = one.words(lambda found: places.get(found, found))
        click.echo(printable(f"{one.item.name}: {said}{known}{left_out}"))
    if len(report.checked) > 1:
        counts = ", ".join(f"{report.count(f):,} {f}" for f in Finding if report.count(f))
        rate = len(report.checked) / report.seconds if report.seconds else 0
        click.echo(f"{len(report.checked):,} images: {counts}; {rate:.0f} images/s")
        click.echo(f"the batch: {report.inside}")
    if added and added.record:
        click.echo(f"added {len(added.added):,}; `undo {added.record.stem}` takes it back")
