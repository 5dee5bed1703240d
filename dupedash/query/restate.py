"""A filter in words that mean the same to everybody and at any time: NOW, time zone and defaults resolved.

Collections take filters as text, wherever they are kept. What a request says beside its filters, and what
time it is, is written into that text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from dupedash.errors import QueryError
from dupedash.model import FieldInfo, FieldType
from dupedash.query.syntax.dates import EPOCH, Span, read_date
from dupedash.query.syntax.parse import parse
from dupedash.query.syntax.tree import Clause, Clauses, Node, Occur, Range, Term
from dupedash.query.syntax.write import write


@dataclass(frozen=True, slots=True)
class Reading:
    """How filters are to be read; for each of Solr's parameters one.

    now      what NOW means (NOW)
    zone     where days begin (TZ)
    default  how clauses count between which no operator stands (q.op)
    field    where terms without a field are looked for (df); empty: in all text
    """

    now: datetime
    zone: tzinfo = UTC
    default: Occur = Occur.SHOULD
    field: str = ""

    @property
    def usual(self) -> bool:
        """Whether only NOW has to be written out."""
        return (self.zone, self.default, self.field) == (UTC, Occur.SHOULD, "")


def names_now(texts: Iterable[str]) -> bool:
    """Whether filters may find something else tomorrow, though nothing changed."""
    return any("NOW" in text for text in texts)


def restated(texts: Sequence[str], reading: Reading, fields: Mapping[str, FieldInfo]) -> tuple[str, ...]:
    """The filters, to be read in the usual way. Raises QueryError for what cannot be read."""
    if reading.usual and not names_now(texts):
        return tuple(texts)
    return tuple(_restated(text, reading, fields) for text in texts)


def at(moment: datetime, texts: Sequence[str], fields: Mapping[str, FieldInfo]) -> tuple[str, ...]:
    """The filters as they were at that moment. What only its collection can read stays as it is."""
    try:
        return restated(texts, Reading(moment), fields)
    except QueryError:
        return tuple(texts)


def _restated(text: str, reading: Reading, fields: Mapping[str, FieldInfo]) -> str:
    query = parse(text, reading.default, reading.field)
    dates = {name for name, info in fields.items() if info.type is FieldType.DATE}
    return write(_timed(query.root, reading, dates))


def _timed(node: Node, reading: Reading, dates: set[str]) -> Node:
    match node:
        case Clauses(clauses):
            return Clauses(tuple(Clause(c.occur, _timed(c.node, reading, dates)) for c in clauses))
        case Term(field, text) if field and field.name in dates:
            return replace(node, text=_instant(text, reading))
        case Range(field) if field and field.name in dates:
            low, high = (bound and _instant(bound, reading) for bound in (node.low, node.high))
            return replace(node, low=low, high=high)
    return node


def _instant(text: str, reading: Reading) -> str:
    """The instant that an expression names. Whole days stay, and what is no date: its reader will say so."""
    try:
        span = read_date(text, reading.now, reading.zone)
    except ValueError:
        return text
    return text if span != Span(span.first, span.first) else instant(span.first)


def instant(milliseconds: int) -> str:
    """Epoch milliseconds as Solr writes them."""
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds" if milliseconds % 1000 else "seconds")[:-6] + "Z"
