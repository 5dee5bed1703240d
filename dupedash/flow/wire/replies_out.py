"""What the server tells: our values → JSON. `Reply` is a JSON object on its way out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from dupedash.errors import (
    Busy,
    CollectionError,
    ConfigError,
    DocumentLimit,
    DupedashError,
    Forbidden,
    QueryError,
    Rejected,
    UnknownImage,
    UnreadableImage,
    Unsupported,
)
from dupedash.flow.wire.parameters import Given, refused
from dupedash.model import FieldInfo, FieldType, ValueCount

Reply = dict[str, Any]

SOLR_TYPES = {
    FieldType.STRING: "string",
    FieldType.TEXT: "text_general",
    FieldType.LONG: "plong",
    FieldType.DOUBLE: "pdouble",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "pdate",
}

# The first that fits counts. Only the status is Solr's; the class is for clients of ours (see `told`).
_STATUS: tuple[tuple[type[DupedashError], int], ...] = (
    (QueryError, 400),
    (ConfigError, 400),
    (DocumentLimit, 403),
    (Unsupported, 400),
    (UnknownImage, 404),
    (UnreadableImage, 400),
    (Forbidden, 403),
    (Busy, 503),
    (CollectionError, 502),
    (DupedashError, 500),
)


def headed(given: Given, parts: Reply) -> Reply:
    """A successful answer with its header, which may have to tell the parameters. Raises ConfigError."""
    if given.flag("omitHeader"):
        return parts
    echoed = given.text("echoParams") or "none"
    if echoed not in ("none", "explicit", "all"):
        raise refused("echoParams", echoed, "none, explicit or all")
    told = {name: given.all(name) for name in given.names()}
    sent = {name: values[0] if len(values) == 1 else values for name, values in told.items()}
    params = {} if echoed == "none" else {"params": sent}
    return {"responseHeader": {"status": 0, "QTime": 0, **params}, **parts}


def timed(told: Reply, milliseconds: int) -> Reply:
    """The answer with the time that it took, where it has a header."""
    if "responseHeader" in told:
        told["responseHeader"]["QTime"] = milliseconds
    return told


def failure(status: int, message: str, kind: str = "") -> Reply:
    """An answer that says no, as Solr shapes it. `kind` is the class of the error."""
    metadata = {"metadata": ["error-class", kind]} if kind else {}
    return {
        "responseHeader": {"status": status, "QTime": 0},
        "error": {**metadata, "msg": message, "code": status},
    }


def failed(error: DupedashError) -> tuple[int, Reply]:
    """The HTTP status and the answer for one of our errors."""
    kind, status = next((kind, status) for kind, status in _STATUS if isinstance(error, kind))
    if isinstance(error, Rejected) and not isinstance(error, DocumentLimit):
        status = error.status
    message = f"Document limit: {error}" if isinstance(error, DocumentLimit) else str(error)
    return status, failure(status, message, f"dupedash.{kind.__name__}")


def found(
    documents: Sequence[Mapping[str, Any]],
    number: int,
    start: int,
    *,
    exact: bool = True,
    best: float | None = None,
) -> Reply:
    """The `response` of a search: `number` were found, these are sent."""
    score = {} if best is None else {"maxScore": best}
    return {
        "numFound": number,
        "start": start,
        **score,
        "numFoundExact": exact,
        "docs": list(documents),
    }


def no_facets() -> Reply:
    """The `facet_counts` of a search, to be filled."""
    return {f"facet_{kind}": {} for kind in ("queries", "fields", "ranges", "intervals", "heatmaps")}


def counts(values: Sequence[ValueCount], given: Given, without: int | None = None) -> Any:
    """Values and counts as json.nl wants them; last, under null, the documents `without` a value."""
    flat = [part for item in values for part in (item.value, item.count or 0)]
    return paired(flat + ([] if without is None else [None, without]), given)


def paired(flat: list[Any], given: Given) -> Any:
    """Solr's flat list value, count, value, count …, or another form of it."""
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    match given.text("json.nl"):
        case "map":
            return {"" if value is None else value: count for value, count in pairs}
        case "arrarr":
            return [list(pair) for pair in pairs]
        case "arrmap":
            return [{"" if value is None else value: count} for value, count in pairs]
        case "arrntv":
            return [{"name": value, "type": "int", "value": count} for value, count in pairs]
    return flat


def field(info: FieldInfo) -> Reply:
    """One entry of /schema/fields."""
    return {
        "name": info.name,
        "type": SOLR_TYPES[info.type],
        "indexed": True,
        "stored": True,
        "multiValued": info.multi,
    }


def luke(fields: Mapping[str, FieldInfo], number: int, state: str) -> Reply:
    """The parts of /admin/luke."""
    described = {
        name: {"type": SOLR_TYPES[info.type], "schema": "IM" if info.multi else "I"}
        for name, info in fields.items()
    }
    return {"index": _index(number, state), "fields": described}


def core(name: str, number: int, state: str, started: str, uptime: int) -> Reply:
    """The status of one core: since when (Solr's instant), and for how many ms it has run."""
    return {"name": name, "startTime": started, "uptime": uptime, "index": _index(number, state)}


def _index(number: int, state: str) -> Reply:
    """`version` stands for the collection's state: a number that changes with it, below 2^53 for JSON."""
    version = int.from_bytes(hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()[:6])
    return {"numDocs": number, "maxDoc": number, "deletedDocs": 0, "version": version, "current": True}
