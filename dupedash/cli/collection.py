"""The commands about what is in a collection: status, index, clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from dupedash.cli.shared.context import Context, interruptible, pass_context
from dupedash.cli.shared.progress import ProgressLine
from dupedash.collection import Collection, WritableCollection
from dupedash.errors import Cancelled, ConfigError, DamagedCollection
from dupedash.model import Failure

if TYPE_CHECKING:
    from dupedash.embedded.files.update import IndexOptions, IndexReport

REMOVED_AT_ONCE = 1000  # ids in one transaction
LISTED = 20  # lines under a heading: what fits on a screen


@click.command()
@pass_context
def status(context: Context) -> None:
    """Is the collection reachable, how many images, which engine."""
    from dupedash.scans import may_be_of

    connection = context.existing()
    with context.opened(connection) as collection:
        count = collection.count()
        click.echo(f"collection  {collection.name}")
        click.echo(f"engine      {collection.engine} ({connection.where})")
        click.echo(f"images      {count:,}{_notes(collection)}")
        scans = [scan for scan in context.scans.list() if may_be_of(scan, collection)]
        click.echo(
            f"scans       {len(scans)}" + (f", the last {scans[0].id} {scans[0].status}" if scans else "")
        )
        if connection.flow is not None:
            from dupedash.flow.client import FlowCollection

            if isinstance(collection, FlowCollection):
                click.echo(f"pictures    {printable(collection.try_pictures().words)}")
        for failure in context.scans.damaged():
            click.echo(f"damaged     {failure.reason}")


def _notes(collection: Collection) -> str:
    """What a person should know of the images of a collection on this machine."""
    from dupedash.embedded.collection import EmbeddedCollection

    if not isinstance(collection, EmbeddedCollection):
        return ""
    damaged, outdated = len(collection.store.damaged()), collection.store.outdated()
    notes = [f", {damaged:,} of them damaged, compared all the same"] if damaged else []
    if outdated:
        notes.append(f", {outdated:,} of them described by another version: index them again to compare them")
    return "".join(notes)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--no-recursive", is_flag=True, help="Only the folders themselves, not what is in folders in them."
)
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE",
              help="Give every image this field; once more of the same name: several values.")  # fmt: skip
@click.option("--exclude", multiple=True, metavar="PATTERN",
              help="Leave out, now and later, what has this name (*.lrdata) or path.")  # fmt: skip
@click.option("--no-exclude", "include", multiple=True, metavar="PATTERN",
              help="Leave out no longer what this pattern of the list names.")  # fmt: skip
@click.option("--reread", is_flag=True, help="Read also files whose size and time are as they were.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes.  [default: one a core]")
@pass_context
def index(
    context: Context,
    paths: tuple[Path, ...],
    no_recursive: bool,
    fields: tuple[str, ...],
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    reread: bool,
    jobs: int | None,
) -> None:
    """Read the images of folders and files into the collection: new and changed ones only.

    A file that was moved or renamed keeps its fields, decisions and place in scans. Recycle bins and preview
    folders of programs are left out; `--exclude` and `--no-exclude`
    change this list, and so does the page Collection, which shows it.
    """
    values = field_values(fields)
    with context.opened(context.to_fill()) as collection:
        index_with_progress(
            collection,
            paths,
            recursive=not no_recursive,
            reread=reread,
            exclude=exclude,
            include=include,
            fields_for=lambda _path: values,
            jobs=jobs,
        )


def index_with_progress(
    collection: WritableCollection, paths: Sequence[Path], **options: Unpack[IndexOptions]
) -> IndexReport:
    """Index, show progress, print the report. Raises Cancelled after Ctrl-C, when everything is kept."""
    from dupedash.indexing import index_paths

    with interruptible() as interrupt, ProgressLine() as line:
        options |= {"progress": line, "cancelled": interrupt}
        report = index_paths(collection, paths, **options)
    print_report(collection.name, report)
    if report.stopped:
        raise Cancelled("Stopped before the end. What was read is kept; the same command again goes on.")
    return report


def print_report(name: str, report: IndexReport) -> None:
    """What became of the files, with the reason for each one that cannot be read."""
    from dupedash.indexing import report_words

    click.echo(f"{name}: {report_words(report)}")
    if report.renewed:
        click.echo(f"{report.renewed:,} of them were described by an earlier version of dupedash: made anew")
    for heading, lines in (
        ("left out", [f"{what}: {count:,}" for what, count in sorted(report.left_out.items())]),
        ("vanished", [printable(path) for path in report.vanished]),
        ("not readable", [f"{printable(f.what)}: {f.reason}" for f in report.unreadable]),
        ("damaged, compared all the same", [f"{printable(f.what)}: {f.reason}" for f in report.damaged]),
        ("passed over", [f"{count:,} × {printable(ending)}" for ending, count in report.endings]),
        (
            "kept without a date, since their time lies before 1678 or after 2261",
            [printable(path) for path in report.undated],
        ),
    ):
        _print_list(heading, lines)
    _print_reasons(report.unreadable)


def _print_list(heading: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"{heading}:")
        for line in lines[:LISTED]:
            click.echo(f"  {line}")
        if len(lines) > LISTED:
            click.echo(f"  … and {len(lines) - LISTED:,} more")


def _print_reasons(failures: Sequence[Failure]) -> None:
    if len(failures) > LISTED:
        for reason, count in Counter(failure.reason for failure in failures).most_common():
            click.echo(f"  {count:,} × {reason}")


def printable(text: str) -> str:
    """No file name moves the cursor or starts another line."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def field_values(fields: Sequence[str]) -> dict[str, object]:
    """NAME=VALUE … as fields: one value as text, several as a tuple. Raises ConfigError."""
    gathered: dict[str, list[str]] = {}
    for text in fields:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ConfigError(f"--field {text!r} is not of the form NAME=VALUE.")
        gathered.setdefault(name.strip(), []).append(value)
    return {name: values[0] if len(values) == 1 else tuple(values) for name, values in gathered.items()}


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def clear(context: Context, yes: bool) -> None:
    """Forget all images of the collection; the files stay where they are.

    A damaged collection is put aside, and an empty one takes its place.
    """
    from dupedash.embedded.store.aside import put_aside

    context.settings.must_write()
    connection = context.only()
    try:
        with context.opened(connection) as collection:
            _forget_all(collection, yes)
    except DamagedCollection as error:
        if not yes:
            click.confirm(f"{error} Put it aside now?", abort=True, err=True)
        place = put_aside(context.settings.workspace.collection(connection.name))
        click.echo(printable(f"{connection.name}: all images forgotten; the damaged database is in {place}"))


def _forget_all(collection: WritableCollection, yes: bool) -> None:
    count = collection.count()
    if not yes:
        click.confirm(
            f"Forget all {count:,} images of {collection.name}? The files stay", abort=True, err=True
        )
    ids = collection.ids()
    for start in range(0, len(ids), REMOVED_AT_ONCE):
        collection.remove(ids[start : start + REMOVED_AT_ONCE])
    collection.commit()
    click.echo(f"{collection.name}: {count:,} images forgotten")
