"""A checked batch for other programs: JSON with everything, CSV with a line an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dupedash.check.adding import Added
from dupedash.check.examine import Checked, Report
from dupedash.check.gate import DUPLICATES
from dupedash.collection import Collection
from dupedash.model import Hit
from dupedash.scans.export import csv_text

_COLUMNS = ("name", "finding", "duplicate", "answer", "score", "known_as", "best", "location", "why")


def report_to_json(collection: Collection, report: Report, added: Added | None = None) -> dict[str, Any]:
    """Everything, for another program."""
    places = places_of(collection, report)
    return {
        "images": [_image_json(one, places) for one in report.checked],
        "failures": [{"what": failure.what, "reason": failure.reason} for failure in report.failures],
        "inside": report.inside,
        "seconds": round(report.seconds, 3),
        "added": list(added.added) if added else [],
    }


def report_to_csv(collection: Collection, report: Report) -> str:
    """A line an image with its best hit; then one for each that could not be checked."""
    places = places_of(collection, report)
    rows = [_row(one, places) for one in report.checked]
    rows += [
        {"name": failure.what, "finding": "not checked", "why": failure.reason} for failure in report.failures
    ]
    return csv_text(_COLUMNS, [[row.get(column, "") for column in _COLUMNS] for row in rows])


def places_of(collection: Collection, report: Report) -> dict[str, str]:
    """Where each image of the collection lies that something was found to be like: id → location."""
    ids = sorted({hit.id for one in report.checked for hit in one.hits})
    return {record.id: record.location for record in collection.records(ids)}


def _row(one: Checked, places: Mapping[str, str]) -> dict[str, Any]:
    best = _hit_json(one.best) if one.best else {"id": "", "why": ""}
    place = places.get(best["id"], "") if one.best in one.hits else ""
    return _image_json(one, places) | {"best": best["id"], "location": place, "why": best["why"]}


def _image_json(one: Checked, places: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": one.item.name,
        "finding": str(one.finding),
        "duplicate": one.finding in DUPLICATES,
        "answer": str(one.answer),
        "score": one.best.score if one.best else None,
        "known_as": one.known_as,
        "hits": [_hit_json(hit) | {"location": places[hit.id]} for hit in one.hits],
        "inside": [_hit_json(hit) for hit in one.inside],
        "left_out": one.left_out,
        "truncated": one.truncated,
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    why = hit.explanation.words() if hit.explanation else None
    return {"id": hit.id, "score": round(hit.score, 4), "why": why}
