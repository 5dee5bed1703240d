"""/select and /duplicate over any collection. They block; the app calls them in its worker threads."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dupedash.errors import ConfigError, UnknownImage
from dupedash.flow.server.served import Desk
from dupedash.flow.server.vocabulary import facets, terms
from dupedash.flow.wire import documents, replies_out, requests_in, requests_out
from dupedash.flow.wire.parameters import START_MARK, FieldList, Given, Paging
from dupedash.flow.wire.replies_out import Reply
from dupedash.model import ById, Hit


def select(desk: Desk, given: Given) -> Reply:
    """/select: documents by filters; by picture where rank.mode is given."""
    if requests_in.ranked(given):
        return duplicate(desk, given)
    request = requests_in.SelectRequest.read(given, desk.settings.most_rows)
    reading = requests_in.reading(given, datetime.now(UTC))
    fq = desk.filters(request.fq, reading)
    extra = facets(desk, given, fq, reading)
    if given.flag("terms"):
        extra |= terms(desk, given)
    if request.paging.rows == 0:
        number = desk.collection.count(fq)
        return {"response": replies_out.found([], number, request.paging.start), **extra}
    ids = _sorted(desk, desk.ids(fq), request.sort)
    part = _part(ids, request)
    if request.cursor is not None:
        extra["nextCursorMark"] = requests_in.mark_after(part[-1]) if part else request.cursor
    sent = _documents(desk, [Hit(image_id, 1.0) for image_id in part], request.fields)
    best = 1.0 if request.fields.score and ids else None
    return {"response": replies_out.found(sent, len(ids), request.paging.start, best=best), **extra}


def duplicate(desk: Desk, given: Given) -> Reply:
    """/duplicate: an indexed image finds itself too, as with Flow, and an unknown one finds nothing."""
    request = requests_in.DuplicateRequest.read(given, desk.settings.names, desk.settings.most_rows)
    fq = desk.filters(request.how.fq, requests_in.reading(given, datetime.now(UTC)))
    try:
        hits = desk.collection.duplicates(desk.picture(request.image), replace(request.how, fq=fq))
    except UnknownImage:
        return {"response": replies_out.found([], 0, request.paging.start, best=0.0)}
    found = [*_own_hit(desk, request, fq), *hits.hits]
    sent = _documents(desk, _slice(found, request.paging), request.fields)
    best = max((hit.score for hit in found), default=0.0)
    exact = not hits.truncated
    return {"response": replies_out.found(sent, len(found), request.paging.start, exact=exact, best=best)}


def get(desk: Desk, given: Given) -> Reply:
    """/get: documents by their ids; those that are not there are left out."""
    fields, one = FieldList.read(given, "*"), given.text("id")
    several = [part for text in given.all("ids") for part in text.split(",")]
    wanted = list(dict.fromkeys(several if one is None else [one]))[: desk.settings.most_rows]
    fq = desk.filters(requests_in.filters(given), requests_in.reading(given, datetime.now(UTC)))
    admitted = set(desk.ids(fq) if fq else wanted)
    records = [record for record in desk.records(wanted) if record.id in admitted]
    found = [fields.pick(documents.document(record), 1.0) for record in records]
    if one is not None:
        return {"doc": found[0] if found else None}
    return {"response": replies_out.found(found, len(found), 0)}


def _own_hit(desk: Desk, request: requests_in.DuplicateRequest, fq: tuple[str, ...]) -> list[Hit]:
    """The query image as its own hit, unless a filter keeps it out."""
    if not isinstance(request.image, ById):
        return []
    if fq and not desk.collection.count((*fq, requests_out.any_of([request.image.id]))):
        return []
    return [Hit(request.image.id, 1.0)]


def _documents(desk: Desk, hits: Sequence[Hit], fields: FieldList) -> list[dict[str, Any]]:
    if fields.only_id:
        return [fields.pick({"id": hit.id}, hit.score) for hit in hits]
    scores = {hit.id: hit.score for hit in hits}
    return [fields.pick(documents.document(r), scores[r.id]) for r in desk.records(list(scores))]


def _slice(items: Sequence[Any], paging: Paging) -> Sequence[Any]:
    return items[paging.start : paging.start + paging.rows]


def _part(ids: Sequence[str], request: requests_in.SelectRequest) -> Sequence[str]:
    """The ids of this page; `ids` are in the order asked for, by id where there is a cursor."""
    if request.cursor in (None, START_MARK):
        return _slice(ids, request.paging)
    after = requests_in.marked(str(request.cursor))
    down = request.sort[0][1]
    start = len(ids) - bisect_left(ids[::-1], after) if down else bisect_right(ids, after)
    return ids[start : start + request.paging.rows]


def _sorted(desk: Desk, ids: list[str], sort: Sequence[tuple[str, bool]]) -> list[str]:
    """By several fields; ties by id, images without a value last. Without ranking all scores are equal."""
    clauses = [clause for clause in sort if clause[0] != "score"]
    if not clauses:
        return ids
    if clauses[0][0] == "id":
        return ids[::-1] if clauses[0][1] else ids
    known = desk.fields()
    if wrong := next((name for name, _ in clauses if name not in known), None):
        raise ConfigError(f"sort: can not sort on undefined field {wrong!r}.")
    described = {record.id: documents.searchable(record) for record in desk.all_records(ids)}
    ordered = [image_id for image_id in ids if image_id in described]
    for name, down in reversed(clauses):
        ordered.sort(key=lambda image_id: _sort_key(described[image_id].get(name), down), reverse=down)
    return ordered


def _sort_key(value: Any, down: bool) -> tuple[bool, str, Any]:
    """Many values sort by the smallest, downwards by the largest; unlike types stay apart."""
    if isinstance(value, list):
        value = (max if down else min)(value, key=lambda item: (type(item).__name__, item))
    missing = value is None
    number = isinstance(value, int | float)
    return (missing != down, "" if number else type(value).__name__, 0 if missing else value)
