"""/update over any collection."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dupedash.errors import ConfigError, Forbidden
from dupedash.flow.server.served import Desk
from dupedash.flow.wire import requests_in, updates
from dupedash.flow.wire.parameters import EVERYTHING, Given
from dupedash.flow.wire.xml import guessed, updates_of_xml
from dupedash.model import ByUrl, Document
from dupedash.query import parse_all
from dupedash.query.restate import Reading

_COMMITS = ("commit", "softCommit", "optimize")
_NAMED_FAILURES = 5  # in the message of an answer; the log has all


def update(desk: Desk, given: Given, body: bytes, *, commands: bool, xml: bool = False) -> None:
    """Do what the body says, in its order; then commit where that is asked for.

    Raises ConfigError for what is not understood, before anything is changed, and for documents that the
    collection refuses, after the others were added. Raises Forbidden on a read-only server.
    """
    if desk.settings.read_only:
        raise Forbidden("This server is read-only.")
    asked = [given.flag(name) for name in _COMMITS]  # each is looked at
    commit = any(asked) or given.text("commitWithin") is not None
    if not body.strip() and not commit:
        raise ConfigError("missing content stream: send documents or commands, or ask for a commit.")
    asked_for = _read(body, commands=commands, xml=xml) if body.strip() else []
    parse_all([c.query for c in asked_for if isinstance(c, updates.Delete) and c.query])  # bounded together
    reading = requests_in.reading(given, datetime.now(UTC))
    ready = [_prepared(desk, command, reading) for command in asked_for]
    with desk.writing:
        for command in ready:
            _apply(desk, command)
        if commit:
            desk.collection.commit()


def _read(body: bytes, *, commands: bool, xml: bool) -> list[updates.Command]:
    return updates_of_xml(body) if xml else updates.updates(body, commands=commands)


def _prepared(desk: Desk, command: updates.Command, reading: Reading) -> updates.Command:
    """Images are fetched and analysed before anything is stored, and filters are read."""
    match command:
        case updates.Add(documents, texts):
            typed = [_typed(desk, document) for document in documents] if texts else documents
            return updates.Add(tuple(_analysed(desk, document) for document in typed))
        case updates.Delete(query=str() as query) if query.strip() != EVERYTHING:
            return updates.Delete(query=desk.filters((query,), reading)[0])
    return command


def _typed(desk: Desk, document: Document) -> Document:
    """Text that is the first value of its field may be a number, or true or false."""
    known = desk.collection.fields()

    def value(name: str, given: Any) -> Any:
        if name in known:
            return given
        return tuple(map(guessed, given)) if isinstance(given, tuple) else guessed(given)

    return replace(document, fields={name: value(name, given) for name, given in document.fields.items()})


def _analysed(desk: Desk, document: Document) -> Document:
    if document.analysis is not None:
        return replace(document, foreign=True)
    if not document.location.startswith(("http://", "https://")):
        raise ConfigError(
            f"The document {document.id[:80]!r} has a local path as image and no import: this server opens "
            "no files for clients. Send the file to /analyze and its outputs as import."
        )
    analysis = desk.collection.analyze(desk.picture(ByUrl(document.location)))
    return replace(document, analysis=analysis, foreign=True)


def _apply(desk: Desk, command: updates.Command) -> None:
    match command:
        case updates.Add(documents=documents):
            _add(desk, documents)
        case updates.FieldUpdate():
            _change(desk, command)
        case updates.Delete(ids=ids, query=None):
            desk.collection.remove(ids)
        case updates.Delete(query=str() as query):
            fq = () if query.strip() == EVERYTHING else (query,)
            desk.collection.remove(desk.collection.ids(fq))
        case updates.Commit():
            desk.collection.commit()


def _add(desk: Desk, documents: tuple[Document, ...]) -> None:
    failures = desk.collection.add(documents)
    if failures:
        named = "; ".join(f"{failure.what}: {failure.reason}" for failure in failures[:_NAMED_FAILURES])
        more = "; …" if len(failures) > _NAMED_FAILURES else ""
        raise ConfigError(f"{len(failures)} of {len(documents)} documents were not added: {named}{more}")


def _change(desk: Desk, change: updates.FieldUpdate) -> None:
    value = change.value
    if change.how != "set":
        value = _combined(desk, change)
    failures = desk.collection.set_fields({change.image_id: {change.field: value}})
    if failures:
        raise ConfigError(f"{failures[0].what}: {failures[0].reason}")


def _combined(desk: Desk, change: updates.FieldUpdate) -> Any:
    """The values there are, with these added or removed."""
    present = desk.collection.records([change.image_id])[0].fields.get(change.field, ())
    before = present if isinstance(present, tuple) else (present,)
    given = change.value if isinstance(change.value, tuple) else (change.value,)
    if change.how == "add":
        return (*before, *given)
    return tuple(value for value in before if value not in given) or None
