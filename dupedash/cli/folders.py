"""The command `folders`: which folders share images, and of two what both have and what only one has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from dupedash.cli.collection import printable
from dupedash.cli.shared.context import Context, pass_context
from dupedash.cli.shared.found import scan_of, shelf_of, typed_folder
from dupedash.cli.shared.write import write
from dupedash.folders import FolderLists, SharedFolders, Shelf, lists, shared_folders
from dupedash.model import NEAR
from dupedash.scans.export import json_text
from dupedash.wording import plural, share, size

LISTED = 20  # pairs, and images of a list: what fits on a screen


@click.command()
@click.argument("folder", required=False)
@click.argument("other", default="")
@click.option("--scan", "scan_id", metavar="ID", help="The scan.  [default: the newest of the collection]")
@click.option("--threshold", type=click.FloatRange(0, 1), default=NEAR, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
              help="Write everything; - for stdout.")  # fmt: skip
@pass_context
def folders(
    context: Context,
    folder: str | None,
    other: str,
    scan_id: str | None,
    threshold: float,
    json_file: Path | None,
) -> None:
    """Say which folders share images, each with all below it, those first of which the most could go.

    With a FOLDER, which of its images are in OTHER too (without that: anywhere else), and which are only in
    it. `plan --folder FOLDER --kept-in OTHER` clears it.
    """
    with context.opened(context.existing()) as collection:
        found = scan_of(context, collection, scan_id, threshold)
        shelf = shelf_of(context, collection, found, threshold)
    told: dict[str, Any] = {"scan": found.id, "threshold": threshold}
    if folder is None:
        pairs = shared_folders(shelf)
        lines, more = pair_lines(pairs), {"folders": [_pair_json(pair) for pair in pairs]}
    else:
        both = lists(shelf, typed_folder(shelf, folder), typed_folder(shelf, other) if other else "")
        lines, more = list_lines(shelf, both), _lists_json(shelf, both)
    if json_file:
        write(json_file, json_text(told | more, indent=1))
    for line in lines:
        click.echo(printable(line), err=json_file == Path("-"))


def pair_lines(pairs: Sequence[SharedFolders]) -> list[str]:
    """A line for each two folders."""
    if not pairs:
        return ["No two folders share images at this threshold."]
    more = len(pairs) - LISTED
    return [shared_line(pair) for pair in pairs[:LISTED]] + (
        [f"… and {more:,} more: --json writes them"] if more > 0 else []
    )


def shared_line(pair: SharedFolders) -> str:
    """ "92 % of A is in B: 311 of 338 images (1.2 GB), 27 only in A"."""
    where = f"in {pair.other}" if pair.other else "in other places too"
    return (
        f"{share(pair.shared, pair.images):>5} of {pair.folder} is {where}: {pair.shared:,} of "
        f"{plural(pair.images, 'image')} ({size(pair.bytes)}), {pair.only:,} only there"
    )


def list_lines(shelf: Shelf, both: FolderLists) -> list[str]:
    """What is in both, with what it matches, then what is in one only."""
    rows = zip(both.both[:LISTED].tolist(), both.partner.tolist(), both.score.tolist(), strict=False)
    places = shelf.locations
    lines = [shared_line(both.shared), ""]
    lines += [f"in both     {places[n]} = {places[p]} ({score:.2f})" for n, p, score in rows]
    lines += _rest(len(both.both))
    alone = zip(both.only[:LISTED].tolist(), both.elsewhere.tolist(), strict=False)
    lines += [f"only here   {places[n]}{' (also in a third place)' if third else ''}" for n, third in alone]
    return lines + _rest(len(both.only))


def _rest(count: int) -> list[str]:
    return [f"… and {count - LISTED:,} more: --json writes them"] if count > LISTED else []


def _pair_json(pair: SharedFolders) -> dict[str, Any]:
    return asdict(pair) | {"only": pair.only, "share": round(pair.share, 4)}


def _lists_json(shelf: Shelf, both: FolderLists) -> dict[str, Any]:
    """Every image of a folder, once."""
    places = shelf.locations
    rows = zip(both.both.tolist(), both.partner.tolist(), both.score.tolist(), strict=True)
    alone = zip(both.only.tolist(), both.elsewhere.tolist(), strict=True)
    return _pair_json(both.shared) | {
        "in_both": [{"path": places[n], "match": places[p], "score": round(s, 6)} for n, p, s in rows],
        "only_here": [{"path": places[n], "elsewhere": third} for n, third in alone],
    }
