"""How many documents have which values: facets and terms."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dupedash.errors import ConfigError
from dupedash.flow.server.served import Desk
from dupedash.flow.wire import documents
from dupedash.flow.wire.facets import RangeRequest, ValuesRequest
from dupedash.flow.wire.replies_out import Reply
from dupedash.model import FieldInfo, FieldType, ValueCount
from dupedash.query.restate import Reading, instant
from dupedash.query.syntax.dates import read_date
from dupedash.query.syntax.literals import write_field

_ALL_VALUES = 1_000_000  # more values than a field has
_MOST_RANGES = 1000  # of one facet: each is a question of its own
LONGEST = 10.0
"""Seconds for all that is counted beside one search: as long as the filters of one question may take."""
_NUMBERS = (FieldType.LONG, FieldType.DOUBLE)


def values(desk: Desk, request: ValuesRequest, fq: Sequence[str] = ()) -> list[ValueCount]:
    """The values of a field within the filters, as far as they fit the request. Raises ConfigError."""
    info = desk.field(request.field)
    counts = _counts(desk, info, fq, with_none=request.least == 0)
    found = [ValueCount(text, count) for text, count in counts.items() if _fits(request, info, text, count)]
    found.sort(key=lambda v: _place(info, v.value))
    if not request.by_value:
        found.sort(key=lambda v: -(v.count or 0))
    end = None if request.limit < 0 else request.offset + request.limit
    return found[request.offset : end]


class Tally:
    """Counts documents within filters, one question after the other, as long as there is time."""

    def __init__(self, desk: Desk, fq: Sequence[str]) -> None:
        self.desk, self.fq = desk, tuple(fq)
        self._end = time.monotonic() + LONGEST

    def count(self, *queries: str) -> int:
        """How many of them these queries admit, too. Raises ConfigError when the time is over."""
        if time.monotonic() > self._end:
            raise ConfigError(f"Counting takes more than {LONGEST:.0f} s: ask for fewer facets at once.")
        return self.desk.collection.count((*self.fq, *queries))


def missing(tally: Tally, request: ValuesRequest) -> int | None:
    """How many documents have no value; None where that is not asked for."""
    return tally.count(f"-{write_field(request.field)}:*") if request.missing else None


def _counts(desk: Desk, info: FieldInfo, fq: Sequence[str], *, with_none: bool) -> Mapping[str, int]:
    """By value, as text; counted by the collection, or one by one where filters narrow it."""
    whole = {} if info.name in desk.OWN else _of_collection(desk, info)
    if not fq and whole:
        return whole
    counter: Counter[str] = Counter(dict.fromkeys(whole, 0) if with_none else {})
    for record in desk.all_records(desk.ids(tuple(fq))):
        value = documents.searchable(record).get(info.name, [])
        counter.update({_text(item) for item in (value if isinstance(value, list) else [value])})
    return counter


def _of_collection(desk: Desk, info: FieldInfo) -> Mapping[str, int]:
    listed = desk.collection.values(info.name, "", _ALL_VALUES)
    return {_as_sent(info, value.value): value.count or 0 for value in listed}


def _as_sent(info: FieldInfo, text: str) -> str:
    """As the value stands in documents."""
    if info.type is FieldType.DATE:
        return text.removesuffix(".000Z") + "Z" if text.endswith(".000Z") else text
    return repr(float(text)) if info.type is FieldType.DOUBLE else text


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fits(request: ValuesRequest, info: FieldInfo, text: str, count: int) -> bool:
    if request.listed:
        return text in request.listed and count >= request.least
    looked_in, part = (
        (text.lower(), request.contains.lower()) if request.ignore_case else (text, request.contains)
    )
    return (
        text.startswith(request.prefix)
        and part in looked_in
        and text not in request.without
        and request.least <= count
        and (request.most < 0 or count <= request.most)
        and _lies_between(request, info, text)
    )


def _lies_between(request: ValuesRequest, info: FieldInfo, text: str) -> bool:
    place = _place(info, text)
    low = None if request.low is None else _place(info, request.low)
    high = None if request.high is None else _place(info, request.high)
    above = low is None or place > low or (request.low_closed and place == low)
    return above and (high is None or place < high or (request.high_closed and place == high))


def _place(info: FieldInfo, text: str) -> tuple[float, str]:
    """The place of a value in the order of its field: numbers by size, all else by their characters."""
    if info.type not in _NUMBERS:
        return 0.0, text
    try:
        return float(text), ""
    except ValueError:
        raise ConfigError(f"{text[:80]!r} is no value of the field {info.name}.") from None


@dataclass(frozen=True, slots=True)
class _Scale:
    """The numbers or dates of a range facet: `edges` from the first to the last, and how each is written."""

    edges: tuple[float, ...]
    kind: FieldType

    def shown(self, edge: float) -> str | int | float:
        """As JSON; dates are epoch milliseconds inside."""
        return instant(int(edge)) if self.kind is FieldType.DATE else edge


def ranges(tally: Tally, request: RangeRequest, reading: Reading) -> Reply:
    """A range facet as Solr writes it. Raises ConfigError."""
    info = tally.desk.field(request.field)
    scale = _scale(info, request, reading)
    first, last = scale.edges[0], scale.edges[-1]

    def counted(low: float | None, high: float | None, ends: tuple[bool, bool]) -> int:
        bounds = ["*" if edge is None else f'"{scale.shown(edge)}"' for edge in (low, high)]
        span = f"{'[' if ends[0] else '{'}{bounds[0]} TO {bounds[1]}{']' if ends[1] else '}'}"
        return tally.count(f"{write_field(request.field)}:{span}")

    inc = request.include
    outside = {
        "before": (None, first, (True, "outer" in inc or not inc & {"lower", "edge"})),
        "after": (last, None, ("outer" in inc or not inc & {"upper", "edge"}, True)),
        "between": (first, last, (bool(inc & {"lower", "edge"}), bool(inc & {"upper", "edge"}))),
    }
    counts = [(str(scale.shown(low)), counted(low, high, ends)) for low, high, ends in _spans(scale, inc)]
    return {
        "counts": [part for label, n in counts if n >= request.least for part in (label, n)],
        "gap": request.gap if scale.kind is FieldType.DATE else _number(info, request.gap, "gap"),
        **{name: counted(*outside[name]) for name in sorted(request.other)},
        "start": scale.shown(first),
        "end": scale.shown(last),
    }


def _spans(scale: _Scale, inc: frozenset[str]) -> Iterator[tuple[float, float, tuple[bool, bool]]]:
    """Each range with which of its ends belong to it [solr]."""
    last = len(scale.edges) - 2
    for number, (low, high) in enumerate(zip(scale.edges, scale.edges[1:], strict=False)):
        closed_low = "lower" in inc or ("edge" in inc and number == 0)
        yield low, high, (closed_low, "upper" in inc or ("edge" in inc and number == last))


def _scale(info: FieldInfo, request: RangeRequest, reading: Reading) -> _Scale:
    if info.type not in (*_NUMBERS, FieldType.DATE):
        raise ConfigError(f"facet.range needs a field of numbers or dates, and {info.name} holds neither.")
    start, end = (_edge(info, text, reading) for text in (request.start, request.end))
    if not start < end:
        raise ConfigError(f"facet.range of {info.name}: its start is not below its end.")
    edges = [start]
    while edges[-1] < end:
        after = _next(info, edges[-1], request.gap, reading)
        if after <= edges[-1] or len(edges) > _MOST_RANGES:
            raise ConfigError(f"facet.range of {info.name}: the gap leads to no end within {_MOST_RANGES:,}.")
        edges.append(min(after, end) if request.hard_end else after)
    return _Scale(tuple(edges), info.type)


def _edge(info: FieldInfo, text: str, reading: Reading) -> float:
    if info.type is not FieldType.DATE:
        return _number(info, text, "start or end")
    try:
        return read_date(text, reading.now, reading.zone).first
    except ValueError as error:
        raise ConfigError(f"facet.range of {info.name}: {error}") from error


def _next(info: FieldInfo, edge: float, gap: str, reading: Reading) -> float:
    if info.type is not FieldType.DATE:
        return edge + _number(info, gap, "gap")
    step = gap if gap.startswith(("+", "-", "/")) else f"+{gap.strip()}"
    return _edge(info, instant(int(edge)) + step, reading)


def _number(info: FieldInfo, text: str, what: str) -> float:
    try:
        number = int(text) if info.type is FieldType.LONG else float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(f"facet.range of {info.name}: {what} {text[:80]!r} is no such number.")
    return number
