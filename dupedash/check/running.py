"""Carry out a stored check, from where it is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dupedash.check.examine import Checked, CompareInside, Report, check_each, check_inside
from dupedash.check.gate import Bands, Gate
from dupedash.check.intake import Item
from dupedash.check.stored import KeptAnalysis, StoredCheck
from dupedash.collection import Collection
from dupedash.errors import Cancelled, ConfigError
from dupedash.model import Failure, IsCancelled, Progress, ReportProgress, ignore, never
from dupedash.review import Decisions


def run_check(
    collection: Collection,
    stored: StoredCheck,
    *,
    decisions: Decisions | None = None,
    inside: CompareInside | None = None,
    workers: int = os.cpu_count() or 1,
    progress: ReportProgress = ignore,
    cancelled: IsCancelled = never,
) -> Report:
    """Check what is not yet checked of it, then all with each other; each result is kept at once.

    Raises CollectionError, QueryError, ConfigError, and Cancelled: what was checked stays.
    """
    if collection.name != stored.wanted.collection:
        raise ConfigError(f"This check is about {stored.wanted.collection}, not {collection.name}.")
    gate = Gate("all hits", Bands(1.0, 1.0, stored.wanted.floor))
    items = list(stored.wanted.items())
    found = stored.outcomes()
    before, started = len(found), time.monotonic()
    failed = sum(isinstance(one, Failure) for one in found)
    todo = _until(items[before:], cancelled)
    with stored.writer() as writer:
        for outcome in check_each(
            collection, todo, gate, fq=stored.wanted.fq, decisions=decisions, workers=workers
        ):
            seconds = time.monotonic() - started
            writer.add(outcome, seconds)
            found.append(outcome)
            failed += isinstance(outcome, Failure)
            progress(Progress("check", len(found), len(items), seconds, before, failures=failed))
    if len(found) < len(items):
        raise Cancelled("The check was stopped; what was checked is kept.")
    checked = [_with_analysis(one) for one in found if isinstance(one, Checked)]
    compared, how_compared = check_inside(checked, gate, inside)
    stored.finish(how_compared, compared)
    return stored.report()


def _until(items: Sequence[Item | Failure], cancelled: IsCancelled) -> Iterator[Item | Failure]:
    """The images up to a stop: those that are at work then are still finished and kept."""
    for item in items:
        if cancelled():
            return
        yield item


def _with_analysis(one: Checked) -> Checked:
    kept = one.analysis
    return replace(one, analysis=kept.load()) if isinstance(kept, KeptAnalysis) else one


def to_be_added(checked: list[Checked]) -> list[Checked]:
    """The same with the analyses of those that a person or rule wants in the collection."""
    return [_with_analysis(one) if one.answer.adds else one for one in checked]
