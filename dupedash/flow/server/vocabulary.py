"""The fields of a collection and their values: /terms, facets, /schema/fields, /admin/luke."""

from __future__ import annotations

from collections.abc import Sequence

from dupedash.flow.server import counting
from dupedash.flow.server.served import Desk
from dupedash.flow.wire import replies_out
from dupedash.flow.wire.facets import FacetRequest, TermsRequest
from dupedash.flow.wire.parameters import Given
from dupedash.flow.wire.replies_out import Reply
from dupedash.query.restate import Reading


def terms(desk: Desk, given: Given) -> Reply:
    """/terms: the values of fields in the whole collection."""
    request = TermsRequest.read(given)
    values = {
        field.field: replies_out.counts(counting.values(desk, field), given) for field in request.fields
    }
    counted = {"indexstats": {"numDocs": desk.collection.count()}} if request.counted else {}
    return {**counted, "terms": values}


def facets(desk: Desk, given: Given, fq: Sequence[str], reading: Reading) -> Reply:
    """The `facet_counts` of a search within these filters; nothing where none are asked for."""
    request = FacetRequest.read(given)
    if request is None:
        return {}
    counted, tally = replies_out.no_facets(), counting.Tally(desk, fq)
    for field in request.fields:
        values = counting.values(desk, field, fq)
        without = counting.missing(tally, field)
        counted["facet_fields"][field.field] = replies_out.counts(values, given, without)
    for query in request.queries:
        counted["facet_queries"][query] = tally.count(*desk.filters((query,), reading))
    for span in request.ranges:
        found = counting.ranges(tally, span, reading)
        counted["facet_ranges"][span.field] = {**found, "counts": replies_out.paired(found["counts"], given)}
    return {"facet_counts": counted}


def schema_fields(desk: Desk, _given: Given) -> Reply:
    """/schema/fields"""
    return {"fields": [replies_out.field(info) for _, info in sorted(desk.fields().items())]}


def luke(desk: Desk, _given: Given) -> Reply:
    """/admin/luke"""
    collection = desk.collection
    return replies_out.luke(desk.fields(), collection.count(), collection.state())
