"""The command `scan`: search, print the summary, write the files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
import numpy as np

from dupedash import wording
from dupedash.cli.cluster import Elsewhere, scan_elsewhere
from dupedash.cli.collection import printable
from dupedash.cli.shared.context import Context, interruptible, pass_context
from dupedash.cli.shared.kinds import kind_option
from dupedash.cli.shared.progress import ProgressLine, duration
from dupedash.cli.shared.write import write
from dupedash.collection import Collection
from dupedash.connect import Connections, get_ready
from dupedash.errors import Cancelled, ConfigError, ScanError
from dupedash.groups.graph import Cut, DuplicateGraph, Matches
from dupedash.model import FLOOR, NEAR, ONE_MOMENT, USUAL, ChangeKind, PairKind, ScanMode
from dupedash.review import Decisions, decisions_of
from dupedash.scans import ScanConfig, ScanStatus, StoredScan, estimate
from dupedash.scans.config import MAY_BE_LEFT_OUT
from dupedash.scans.elsewhere import open_elsewhere
from dupedash.scans.judging import without_rejected
from dupedash.scans.run import run_scan
from dupedash.workers import memory

File = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
Score = click.FloatRange(0, 1)
Floor = click.FloatRange(0, 1, min_open=True)  # as `ScanConfig`: a match of score 0 would be none


def _kinds(given: str | None) -> tuple[ChangeKind, ...]:
    """The kinds in a list with commas."""
    names = {name.strip() for name in (given or "").split(",")} - {""}
    unknown = sorted(names - set(MAY_BE_LEFT_OUT))
    if unknown:
        known = " or ".join(MAY_BE_LEFT_OUT)
        raise click.BadParameter(f"{unknown[0]!r} cannot be left out; use {known}, or both with a comma.")
    return tuple(ChangeKind(name) for name in names)


@click.command()
@click.option("--threshold", type=Score, default=NEAR, show_default=True,
              help="Groups are cut at this score.")  # fmt: skip
@click.option("--floor", type=Floor, default=FLOOR, show_default=True, help="Lowest score that is kept.")
@click.option(
    "--mode", type=click.Choice([mode.value for mode in ScanMode]), default="balanced", show_default=True
)
@click.option("--fq", multiple=True, metavar="Q", help="Scan only what this filter admits; all must hold.")
@click.option("--against", multiple=True, metavar="Q", help="Compare with what this filter admits instead.")
@click.option(
    "--without",
    metavar="KINDS",
    callback=lambda _context, _option, given: _kinds(given),
    help="Leave out pairs that match only so: mirrored, turned, or both with a comma between them. Flow "
    "servers do not say how two images match: what they report stays.",
)
@kind_option("Form groups of pairs")
@click.option("--json", "json_file", type=File, help='Write {"group-1": ["path", …], …}; - for stdout.')
@click.option("--html", "html_file", type=File, help="Write the graph as one file that opens offline.")
@click.option(
    "--report",
    "report_file",
    type=File,
    help="Write a report of every group with pictures, what stays and why: one HTML file to mail and print.",
)
@click.option("--csv", "csv_file", type=File, help="Write a row an image with its group; - for stdout.")
@click.option(
    "--pairs",
    "pairs_file",
    type=File,
    help="Write path_a,path_b,score,kinds of every match, or of those of each --kind; - for stdout. kinds: "
    "what changed, as cropped;brighter, after burst, raw-jpeg or live. A line below "
    f"{NEAR} of none of these ends after the score: that is no duplicate, nothing is told.",
)
@click.option("--name", help="Name of the stored scan.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=4, show_default=True, help="Questions at a time."
)
@click.option("--again", is_flag=True, help="Search anew, whatever was found before.")
@click.option("--cluster", metavar="ADDRESS", help="Scan on a Dask cluster: the address of its scheduler, or "
              "local:N for N processes of this machine. Wants --images and --out.")  # fmt: skip
@click.option("--images", "places", multiple=True, metavar="PLACE",
              help="On a cluster: a folder, or an address such as s3://bucket/photos.")  # fmt: skip
@click.option("--table", "tables", multiple=True, metavar="PARQUET",
              help="On a cluster: a table with id, and uri or bytes; the rest are fields.")  # fmt: skip
@click.option("--out", metavar="PLACE", help="On a cluster: the folder or address that keeps descriptions, "
              "thumbnails and the result.")  # fmt: skip
@click.option("--open", "opened", metavar="PLACE",
              help="Take in the result that such a scan left at its --out.")  # fmt: skip
@pass_context
def scan(
    context: Context,
    threshold: float,
    floor: float,
    mode: str,
    fq: tuple[str, ...],
    against: tuple[str, ...],
    without: tuple[ChangeKind, ...],
    kinds: tuple[PairKind, ...],
    json_file: Path | None,
    html_file: Path | None,
    report_file: Path | None,
    csv_file: Path | None,
    pairs_file: Path | None,
    name: str | None,
    workers: int,
    again: bool,
    cluster: str | None,
    places: tuple[str, ...],
    tables: tuple[str, ...],
    out: str | None,
    opened: str | None,
) -> None:
    """Find the duplicates of the collection. The result is stored: the same scan again costs nothing."""
    if threshold < floor:
        raise ConfigError(
            f"The threshold {threshold} is below the floor {floor}: matches below it are not kept."
        )
    config = ScanConfig(ScanMode(mode), floor, fq, against, without)
    files = Files(json_file, csv_file, pairs_file, html_file, report_file)
    elsewhere = Elsewhere(cluster, places, out, opened, tables)
    elsewhere.check()
    if cluster is not None:
        print_outcome(scan_elsewhere(elsewhere, config, name), err=False)
    elif opened is not None:
        taken = open_elsewhere(context.settings.workspace, opened, context.collection or "")
        with context.opened(Connections(context.settings.workspace).get(taken.collection)) as collection:
            _tell(context, collection, taken, Shown(threshold, kinds), files)
    else:
        search = partial(run_scan, config=config, workers=workers, name=name, resume=not again)
        _scan_here(context, search, Shown(threshold, kinds), files)


def _scan_here(context: Context, search: Callable[..., StoredScan], shown: Shown, files: Files) -> None:
    """Let `search` look through the collection, and tell what it found."""
    connection = context.existing()
    get_ready(connection, context.settings.workspace)
    with context.opened(connection) as collection:
        _warn_of_memory(collection)
        with interruptible() as interrupt, ProgressLine() as line:
            done = search(collection, store=context.scans, progress=line, cancelled=interrupt)
        if done.status is ScanStatus.STOPPED:
            raise Cancelled("Stopped before the end. What was found is kept; the same command again goes on.")
        _tell(context, collection, done, shown, files)
    if not done.complete:
        raise ScanError(done.message)


@dataclass(frozen=True, slots=True)
class Files:
    """The files that shall be written of a scan; None: not that one; "-": to stdout."""

    json: Path | None
    csv: Path | None
    pairs: Path | None
    html: Path | None
    report: Path | None

    @property
    def on_stdout(self) -> bool:
        """Whether stdout is a result: then a person is told things on stderr."""
        return Path("-") in (self.json, self.csv, self.pairs, self.html, self.report)

    def write(
        self,
        collection: Collection,
        done: StoredScan,
        cut: Cut,
        kinds: tuple[PairKind, ...],
        decisions: Decisions,
    ) -> None:
        """Write each of them. `kinds`: of the pairs in that file."""
        from dupedash.scans.export import groups_csv, groups_json, pairs_csv

        if self.json:
            write(self.json, groups_json(done, cut))
        if self.csv:
            write(self.csv, groups_csv(done, cut))
        if self.pairs:
            write(self.pairs, pairs_csv(done, kinds))
        if self.html:
            from dupedash.report import graph_html

            write(self.html, graph_html(done, cut, collection.thumbnail))
        if self.report:
            from dupedash.report import report_html

            write(self.report, report_html(done, cut, collection.thumbnail, decisions))


def _warn_of_memory(collection: Collection) -> None:
    """Say before the search that it may need more than there is."""
    needed, usable = estimate.memory(collection, collection.count()), memory.usable()
    if needed > usable:
        click.echo(f"Warning: {estimate.memory_words(needed, usable)}", err=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a scan is shown: from which score on, and pairs of which kinds."""

    threshold: float
    kinds: tuple[PairKind, ...]


def _tell(context: Context, collection: Collection, done: StoredScan, shown: Shown, files: Files) -> None:
    found = done.pairs()
    wanted = found.only(shown.kinds)
    decisions = decisions_of(context.settings.workspace)
    judged = without_rejected(wanted, done, decisions)
    cut = DuplicateGraph(judged).cut(shown.threshold)
    kinds = tuple(PairKind) if shown.kinds == USUAL else shown.kinds
    files.write(collection, done, cut, kinds, decisions)
    print_summary(collection, done, cut, err=files.on_stdout)
    if rejected := len(wanted) - len(judged):
        note = f"decided     {rejected:,} matches left out of the groups: people said they are no duplicates"
        click.echo(note, err=files.on_stdout)
    if shown.kinds == USUAL and (others := one_moment(found)):
        click.echo(f"no duplicates: {others}", err=files.on_stdout)


def one_moment(found: Matches) -> str:
    """How many pairs show one moment, by kind; "" for none."""
    counts = found.counts()
    return ", ".join(
        f"{kind} {wording.plural(counts[kind], 'pair')} (--kind {kind.token})"
        for kind in ONE_MOMENT
        if counts[kind]
    )


def kinds_of_groups(cut: Cut) -> str:
    """How many groups are of each kind, the closest first."""
    counts = zip(PairKind, np.bincount(cut.kinds, minlength=len(PairKind)).tolist(), strict=True)
    return ", ".join(f"{count:,} {kind}" for kind, count in counts if count)


def print_summary(collection: Collection, done: StoredScan, cut: Cut, err: bool) -> None:
    """What was found, and what was not compared and why. On stderr where stdout is a result."""
    groups = [
        f"groups      {len(cut):,} at {cut.threshold}, with {cut.images:,} images; {cut.surplus:,} to gain",
        *([f"kinds       {kinds_of_groups(cut)}"] if len(cut) else []),
    ]
    print_outcome(replace(done, collection=collection.name), err, groups)


def print_outcome(done: StoredScan, err: bool, groups: Sequence[str] = ()) -> None:
    """The same of a scan whose groups nobody looks at here."""
    stats, mode = done.stats, f"{done.config.mode} ({done.effort.words()})"
    extended = f", {stats.searched:,} of them searched now" if done.base else ""
    lines = [
        f"scan        {done.id} of {done.collection}, {mode}",
        f"images      {stats.images:,}, {stats.compared:,} compared{extended}",
        f"matches     {stats.matches:,} at or above {done.config.floor}",
        *groups,
        f"time        {duration(stats.seconds)}, {stats.rate:,.0f} scans/s",
    ]
    lines += [
        f"not compared as pictures: {gap.count:,} × {gap.reason}, e.g. {printable(gap.first[0])}"
        for gap in done.coverage
    ]
    lines += [f"note: {done.message}"] if done.message else []
    for line in lines:
        click.echo(line, err=err)
