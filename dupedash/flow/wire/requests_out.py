"""What the client asks: our values → parameters."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from dupedash.flow.wire.parameters import EVERYTHING, MAX_ROWS, MODULE, FlowNames, Pairs
from dupedash.model import ByAnalysis, ByData, ById, ByUrl, DuplicateQuery, QueryImage


def select(fq: Sequence[str], *, rows: int, fl: str = "id") -> Pairs:
    """Images that all filters admit."""
    return [("q", EVERYTHING), *_filters(fq), ("rows", str(rows)), ("fl", fl)]


def listing(fq: Sequence[str], mark: str, rows: int = MAX_ROWS) -> Pairs:
    """One page of the ids, by cursor, in the order of the ids."""
    return [*select(fq, rows=rows), ("sort", "id asc"), ("cursorMark", mark)]


def duplicate(image: QueryImage, how: DuplicateQuery, names: FlowNames, start: int = 0) -> Pairs:
    """A duplicate search, from hit `start` on. An indexed image finds itself too: that is one row more."""
    rows = min(how.rows + isinstance(image, ById) - start, MAX_ROWS)
    return [
        *([("start", str(start))] if start else []),
        _query_image(image, names),
        *_filters(how.fq),
        ("fl", "id,score"),
        ("rows", str(rows)),
        ("rank.threshold", repr(how.threshold)),
        ("rank.approximate", str(how.approximate).lower()),
        ("rank.smartfilter", str(how.smartfilter)),
    ]


def analyze(image: ByUrl | ByData, names: FlowNames) -> Pairs:
    """Analyse one picture. The empty logParamsList keeps base64 out of the server's log [scanner]."""
    what = (
        (names.input_url, image.url) if isinstance(image, ByUrl) else (names.input_data, data_uri(image.data))
    )
    return [("modules.apply", MODULE), ("logParamsList", ""), what]


def any_of(ids: Sequence[str]) -> str:
    """A filter for images by their ids, whatever characters these hold."""
    quoted = ('"' + image_id.replace("\\", "\\\\").replace('"', '\\"') + '"' for image_id in ids)
    return f"id:({' OR '.join(quoted)})"


def terms(field: str, prefix: str, limit: int) -> Pairs:
    """The most frequent values of a field in the whole index."""
    return [
        ("terms.fl", field),
        ("terms.prefix", prefix),
        ("terms.limit", str(limit)),
        ("terms.sort", "count"),
    ]


def facet(field: str, prefix: str, limit: int) -> Pairs:
    """The same by way of a facet, which also counts numbers and dates."""
    return [
        *select((), rows=0),
        ("facet", "true"),
        ("facet.field", field),
        ("facet.prefix", prefix),
        ("facet.limit", str(limit)),
        ("facet.mincount", "1"),
        ("facet.sort", "count"),
    ]


def _filters(fq: Sequence[str]) -> Pairs:
    return [("fq", text) for text in fq]


def _query_image(image: QueryImage, names: FlowNames) -> tuple[str, str]:
    match image:
        case ById(id=image_id):
            return "rank.by.id", image_id
        case ByUrl(url=url):
            return names.by_url, url
        case ByData(data=data):
            return names.by_data, data_uri(data)
        case ByAnalysis(analysis=analysis):
            return names.by_preprocessed, json.dumps(analysis, separators=(",", ":"))


def data_uri(data: bytes) -> str:
    """The picture as dupe-scanner writes it; whoever reads it looks at the bytes, not at the type."""
    return "data:image/*;base64," + base64.b64encode(data).decode()
