"""What the client is told: JSON → our values. Whatever lacks a promised part is a BadReply, never empty."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dupedash.errors import (
    BadReply,
    DocumentLimit,
    DupedashError,
    Forbidden,
    QueryError,
    Rejected,
    UnreadableImage,
    Unsupported,
)
from dupedash.model import FieldInfo, FieldType, Hit, ImageRecord, ValueCount

_LIMIT = "document limit"  # the only mark of that refusal that is known [scanner]
_QUERY_FAULTS = ("cannot parse", "syntaxerror", "undefined field", "invalid date", "invalid number")
_ROUNDING = 1e-3  # scores off by less are single precision and rounding, not another scale
_KINDS = {
    FieldType.LONG: ("int", "long"),
    FieldType.DOUBLE: ("float", "double"),
    FieldType.BOOLEAN: ("boolean", "bool"),
    FieldType.DATE: ("date",),
    FieldType.TEXT: ("text",),
}
_TYPES = {
    str: FieldType.STRING,
    int: FieldType.LONG,
    float: FieldType.DOUBLE,
    bool: FieldType.BOOLEAN,
    datetime: FieldType.DATE,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a search's result. `exact` False: there may be more than `number`."""

    documents: list[Mapping[str, Any]]
    number: int
    exact: bool
    mark: str | None


def opened(reply: object) -> Mapping[str, Any]:
    """The answer, where it is a success. Raises BadReply."""
    if not isinstance(reply, dict):
        raise BadReply("The answer is not a JSON object.")
    header = reply.get("responseHeader")
    if not isinstance(header, dict) or header.get("status") != 0:
        raise BadReply("The answer has no header with status 0: this is not Flow, or not all of it.")
    if header.get("partialResults"):
        raise BadReply("The server sent only a part of the results.")
    return reply


def refusal(reply: object, status: int) -> tuple[str, str]:
    """The server's message and its class of error, both perhaps empty."""
    error = reply.get("error") if isinstance(reply, dict) else None
    if not isinstance(error, dict):
        return "", ""
    metadata = error.get("metadata")
    kind = metadata[1] if isinstance(metadata, list) and len(metadata) > 1 else ""
    return str(error.get("msg") or f"HTTP {status}")[:2000], str(kind)


def refused(message: str, kind: str, status: int, collection: str) -> DupedashError:
    """The error for a server that said no. `kind` is known from servers of ours only."""
    match kind:
        case "dupedash.QueryError":
            return QueryError(message)
        case "dupedash.UnreadableImage":
            path, _, reason = message.partition(": ")
            return UnreadableImage(path, reason or message)
        case "dupedash.Unsupported":
            return Unsupported(message, collection)
        case "dupedash.Forbidden":
            return Forbidden(f"{collection}: {message}")
    if _LIMIT in message.lower():
        explained = (
            f"{collection} takes no further images: {message} "
            "(Flow's free plan holds 5,000; what was added so far stays.)"
        )
        return DocumentLimit(explained, collection, status, message)
    if status == 400 and any(fault in message.lower() for fault in _QUERY_FAULTS):
        return QueryError(f"{collection} does not understand the filter: {message}")
    return Rejected(f"{collection} said no (HTTP {status}): {message}", collection, status, message)


def page(reply: Mapping[str, Any]) -> Page:
    """The result of a search. Raises BadReply."""
    response = reply.get("response")
    if not isinstance(response, dict):
        raise BadReply("The answer has no response.")
    number, documents, mark = response.get("numFound"), response.get("docs"), reply.get("nextCursorMark")
    if type(number) is not int or number < 0 or not isinstance(documents, list):
        raise BadReply("The answer says neither how much was found nor what.")
    if not all(isinstance(document, dict) for document in documents) or number < len(documents):
        raise BadReply("The answer holds something else than documents.")
    exact = response.get("numFoundExact", True) is not False
    return Page(documents, number, exact, mark if isinstance(mark, str) else None)


def image_id(document: Mapping[str, Any]) -> str:
    """The id of a document. Raises BadReply."""
    given = document.get("id")
    if not isinstance(given, str) or not given:
        raise BadReply("A document of the answer has no id.")
    return given


def hit(document: Mapping[str, Any]) -> Hit:
    """A document of a duplicate search; the score is brought into 0…1 where it is off by rounding. Raises
    BadReply."""
    score = document.get("score")
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise BadReply("A hit of the answer has no score.")
    if not -_ROUNDING <= score <= 1 + _ROUNDING:
        raise BadReply(f"A hit has the score {score}: scores go from 0 to 1.")
    return Hit(image_id(document), min(1.0, max(0.0, float(score))))


def schema_fields(reply: Mapping[str, Any]) -> dict[str, FieldInfo]:
    """The fields of /schema/fields that a filter may name. Raises BadReply."""
    listed = reply.get("fields")
    if not isinstance(listed, list):
        raise BadReply("The answer lists no fields.")
    described = [
        FieldInfo(name, _type(str(entry.get("type", ""))), bool(entry.get("multiValued")) or _plural(entry))
        for entry in listed
        if isinstance(entry, dict) and isinstance(name := entry.get("name"), str)
        if entry.get("indexed", True) and not name.startswith("_")
    ]
    return {info.name: info for info in described}


def luke_fields(reply: Mapping[str, Any]) -> dict[str, FieldInfo]:
    """The fields in use, from /admin/luke; `schema` holds a flag per letter, I indexed and M multi-valued.
    Raises BadReply."""
    listed = reply.get("fields")
    if not isinstance(listed, dict):
        raise BadReply("The answer lists no fields.")
    return {
        name: FieldInfo(name, _type(str(entry.get("type", ""))), "M" in str(entry.get("schema", "")))
        for name, entry in listed.items()
        if isinstance(entry, dict) and not name.startswith("_") and "I" in str(entry.get("schema", "I"))
    }


def guessed_fields(records: Iterable[ImageRecord]) -> dict[str, FieldInfo]:
    """The fields that some images have; a name whose values differ in type counts as a string."""
    found: dict[str, FieldInfo] = {}
    for record in records:
        for name, value in record.fields.items():
            multi = isinstance(value, tuple)
            kinds = {_TYPES[type(item)] for item in (value if isinstance(value, tuple) else (value,))}
            if name in found:
                kinds.add(found[name].type)
            kind = kinds.pop() if len(kinds) == 1 else FieldType.STRING
            found[name] = FieldInfo(name, kind, multi or (name in found and found[name].multi))
    return found


def _plural(entry: Mapping[str, Any]) -> bool:
    """Solr's own multi-valued types are plurals: strings, plongs, pdates."""
    return "multiValued" not in entry and str(entry.get("type", "")).endswith("s")


def _type(solr: str) -> FieldType:
    """By the words in the type's name; Flow's own set of types is not known."""
    name = solr.lower()
    return next((kind for kind, words in _KINDS.items() if any(w in name for w in words)), FieldType.STRING)


def term_counts(reply: Mapping[str, Any], field: str) -> list[ValueCount]:
    """The values of one field from /terms."""
    return _counts(reply.get("terms"), field)


def facet_counts(reply: Mapping[str, Any], field: str) -> list[ValueCount]:
    """The values of one field from a facet."""
    counted = reply.get("facet_counts")
    return _counts(counted.get("facet_fields") if isinstance(counted, dict) else None, field)


def _counts(listed: object, field: str) -> list[ValueCount]:
    """From Solr's flat list, or the object that json.nl=map makes of it."""
    values = listed.get(field, []) if isinstance(listed, dict) else None
    if isinstance(values, dict):
        values = [part for pair in values.items() for part in pair]
    if not isinstance(values, list) or len(values) % 2:
        raise BadReply(f"The answer has no values for the field {field!r}.")
    pairs = zip(values[::2], values[1::2], strict=True)
    return [ValueCount(str(value), count if type(count) is int else None) for value, count in pairs]


def index_signature(reply: Mapping[str, Any], core: str) -> str:
    """What changes with every commit: the index's version and sizes. Empty where the server hides it.

    The version is Solr's count of commits that changed something; it starts anew with the core.
    """
    status = reply.get("status")
    described = status.get(core) if isinstance(status, dict) else None
    index = described.get("index") if isinstance(described, dict) else None
    if not isinstance(index, dict):
        return ""
    names = ("version", "numDocs", "maxDoc", "deletedDocs", "lastModified")
    return ":".join(str(index[name]) for name in names if name in index)
