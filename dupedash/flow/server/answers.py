"""Which question each address asks; those that need no more than a line are answered here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dupedash.flow.server import searches, vocabulary
from dupedash.flow.server.served import Desk
from dupedash.flow.wire import requests_in
from dupedash.flow.wire.parameters import Given
from dupedash.flow.wire.replies_out import Reply


def analyze(desk: Desk, given: Given) -> Reply:
    """/analyze: one picture, nothing is stored."""
    picture = desk.picture(requests_in.analyzed(given, desk.settings.names))
    return {"outputs": desk.collection.analyze(picture)}


def ping(desk: Desk, _given: Given) -> Reply:
    """/admin/ping, and Flow's check of its configuration: the collection answers."""
    desk.collection.count()
    return {"status": "OK"}


def core_status(desk: Desk, given: Given) -> Reply:
    """The address of the core itself; of a core that is not there nothing is known [solr]."""
    name = given.text("core") or desk.name
    return {"initFailures": {}, "status": {name: desk.core() if name == desk.name else {}}}


Handler = Callable[[Desk, Given], Reply]
ANSWERS: Mapping[str, Handler] = {
    "": core_status,
    "select": searches.select,
    "duplicate": searches.duplicate,
    "get": searches.get,
    "analyze": analyze,
    "terms": vocabulary.terms,
    "schema/fields": vocabulary.schema_fields,
    "admin/luke": vocabulary.luke,
    "admin/ping": ping,
    "pixolution": ping,
}
"""By the handler's name."""

PINGS = frozenset(name for name, answer in ANSWERS.items() if answer is ping)
