"""The fields of a collection and their values: /terms, facets, /schema/fields, /admin/luke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from dupedash.errors import ConfigError
from dupedash.flow.server.served import Desk
from dupedash.flow.wire import documents, replies_out, requests_in
from dupedash.flow.wire.parameters import Given
from dupedash.flow.wire.replies_out import Reply
from dupedash.model import FieldInfo, ValueCount

_ALL_VALUES = 1_000_000  # more values than a field has


def terms(desk: Desk, given: Given) -> Reply:
    """/terms: the values of fields in the whole collection."""
    request = requests_in.TermsRequest.read(given)
    values = {
        name: _values(desk, name, request.prefix, request.limit, by_value=request.by_value)
        for name in request.fields
    }
    return {"terms": replies_out.counts(values)}


def facets(desk: Desk, request: requests_in.FacetRequest, fq: tuple[str, ...]) -> Reply:
    """Counted by the collection, or one by one where filters narrow it."""
    values = {}
    for name in request.fields:
        _must_know(desk, name)
        if fq:
            listed = _counted(desk, name, request, fq)
        else:
            listed = _values(desk, name, request.prefix, request.limit, by_value=request.by_value)
        values[name] = [item for item in listed if (item.count or 0) >= request.least]
    return replies_out.facets(values)


def _values(desk: Desk, name: str, prefix: str, limit: int, *, by_value: bool) -> list[ValueCount]:
    _must_know(desk, name)
    wanted = _ALL_VALUES if by_value or limit < 0 else limit
    listed = desk.collection.values(name, prefix, wanted) if wanted else []
    return _cut(listed, limit, by_value=by_value)


def _counted(
    desk: Desk, name: str, request: requests_in.FacetRequest, fq: tuple[str, ...]
) -> list[ValueCount]:
    counter: Counter[str] = Counter()
    for record in desk.all_records(desk.ids(fq)):
        value = documents.searchable(record).get(name, [])
        counter.update({_text(item) for item in (value if isinstance(value, list) else [value])})
    listed = [ValueCount(text, n) for text, n in counter.items() if text.startswith(request.prefix)]
    return _cut(listed, request.limit, by_value=request.by_value)


def _cut(listed: list[ValueCount], limit: int, *, by_value: bool) -> list[ValueCount]:
    key: Callable[[ValueCount], tuple[int, str]] = (
        (lambda v: (0, v.value)) if by_value else (lambda v: (-(v.count or 0), v.value))
    )
    return sorted(listed, key=key)[: None if limit < 0 else limit]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _must_know(desk: Desk, name: str) -> FieldInfo:
    info = desk.collection.fields().get(name)
    if info is None:
        raise ConfigError(f"undefined field {name[:80]!r}")
    return info


def schema_fields(desk: Desk, _given: Given) -> Reply:
    """/schema/fields"""
    return {"fields": [replies_out.field(info) for _, info in sorted(desk.collection.fields().items())]}


def luke(desk: Desk, _given: Given) -> Reply:
    """/admin/luke"""
    collection = desk.collection
    return replies_out.luke(collection.fields(), collection.count(), collection.state())
