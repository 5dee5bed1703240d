"""The bodies of /update, both ways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NoReturn

from dupedash.errors import ConfigError
from dupedash.flow.wire.documents import ADDRESS, as_json, from_json
from dupedash.model import Document, FieldValue, ImageRecord


def additions(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """Documents as /update takes them. Without an analysis the server fetches the image itself [doc]."""
    return [
        {
            **{name: as_json(value) for name, value in document.fields.items()},
            "id": document.id,
            "image": document.location,
            **({} if document.analysis is None else {"import": document.analysis}),
        }
        for document in documents
    ]


def deletion(ids: Sequence[str]) -> dict[str, Any]:
    """A command, so it goes to /solr/…/update [solr]."""
    return {"delete": list(ids)}


def replacements(changes: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Partial updates: an array for /solr/…/update [solr]."""
    return [
        {"id": image_id, **{name: {"set": as_json(value)} for name, value in fields.items()}}
        for image_id, fields in changes.items()
    ]


@dataclass(frozen=True, slots=True)
class Add:
    """Add or replace these images; `texts`: all their values are text, since XML has no others."""

    documents: tuple[Document, ...]
    texts: bool = False


@dataclass(frozen=True, slots=True)
class FieldUpdate:
    """Change one field of one image: `how` is set, add or remove; `value` None with set removes it."""

    image_id: str
    field: str
    how: str
    value: Any


@dataclass(frozen=True, slots=True)
class Delete:
    """Forget images by their ids, or by what a filter admits."""

    ids: tuple[str, ...] = ()
    query: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """Make it all visible."""


Command = Add | FieldUpdate | Delete | Commit


class _Members(dict[str, Any]):
    """A JSON object that remembers repeated keys, which Solr's commands may have."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def updates(body: bytes, *, commands: bool) -> list[Command]:
    """What an /update asks for, in order. Raises ConfigError.

    With `commands` (Solr's v1 path) an object is a map of commands and documents come in an array; without
    (the v2 path) an object is one document, whatever it looks like [solr].
    """
    try:
        given = json.loads(body, object_pairs_hook=_Members, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The body of the update is not JSON: {error}.") from None
    if isinstance(given, list):
        return commands_of(given)
    if not isinstance(given, _Members):
        raise ConfigError("The body of an update is a JSON object or an array of objects.")
    if commands:
        return [command for name, value in given.pairs for command in _command(name, value)]
    return commands_of([given])


def _not_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON value")


def _command(name: str, value: Any) -> list[Command]:
    match name, value:
        case "add", {"doc": dict() as doc} if value.get("overwrite", True) is True:
            return commands_of([doc])
        case "delete", {"query": str() as query} if query.strip():  # a blank one must not mean everything
            return [Delete(query=query)]
        case "delete", {"id": str() as image_id}:
            return [Delete((image_id,))]
        case "delete", str():
            return [Delete((value,))]
        case "delete", list() if all(isinstance(item, str) for item in value):
            return [Delete(tuple(value))]
        case (("commit" | "optimize"), _):
            return [Commit()]
        case (("add" | "delete"), _):
            raise ConfigError(f"The command {name} has a form that is not understood.")
    raise ConfigError(
        f"Unknown command {name[:80]!r}: add, delete, commit and optimize are known here. "
        "Documents go to this address in an array, or one by one to /api/cores/<collection>/update."
    )


def commands_of(given: list[Any]) -> list[Command]:
    """What adding these documents, as JSON has them, comes to. Raises ConfigError.

    Whole documents together in one command, partial updates one by one, in the order given.
    """
    parsed = [_changes(item) or _document(item) for item in given]
    commands: list[Command] = []
    for whole, run in groupby(parsed, key=lambda item: isinstance(item, Document)):
        if whole:
            commands.append(Add(tuple(item for item in run if isinstance(item, Document))))
        else:
            commands += [change for changes in run if isinstance(changes, list) for change in changes]
    return commands


def _id(item: Any) -> str:
    if not isinstance(item, dict):
        raise ConfigError("Every document is a JSON object.")
    if item.get("_version_", 0) not in (0, "0"):
        raise ConfigError("_version_ is not supported: this server keeps no versions of documents.")
    image_id = item.get("id")
    if type(image_id) is int:
        return str(image_id)
    if not isinstance(image_id, str) or not image_id.strip():
        raise ConfigError("A document has no id. Commands such as delete go to /solr/<collection>/update.")
    return image_id


def _changes(item: Any) -> list[FieldUpdate]:
    image_id = _id(item)
    partial = {name: value for name, value in item.items() if isinstance(value, dict) and name != "import"}
    if partial and any(name not in partial and name != "id" for name in item):
        raise ConfigError(f"The document {image_id!r} mixes whole and partial values.")
    return [
        _change(image_id, name, how, value) for name, ops in partial.items() for how, value in ops.items()
    ]


def _change(image_id: str, name: str, how: str, raw: Any) -> FieldUpdate:
    value = from_json(raw)
    if name in ADDRESS or how not in ("set", "add", "remove") or (value is None and raw not in (None, [])):
        raise ConfigError(f"{name}: a partial update is set, add or remove with a value; id and image stay.")
    return FieldUpdate(image_id, name, how, value)


def _document(item: Mapping[str, Any]) -> Document:
    image_id, image = _id(item), item.get("image", "")
    if not isinstance(image, str):
        raise ConfigError(f"The image of the document {image_id!r} is not a text.")
    if not image and item.get("import") is None:
        raise ConfigError(f"The document {image_id!r} has neither image nor import.")
    derived = ImageRecord(image_id, image).filename
    fields = {
        name: _field(name, raw)
        for name, raw in item.items()
        if raw is not None and raw != [] and name not in ("id", "image", "import", "_version_")
        if not (name == "filename" and raw == derived)
    }
    return Document(image_id, image, fields, item.get("import"))


def _field(name: str, raw: Any) -> FieldValue | tuple[FieldValue, ...]:
    value: FieldValue | tuple[FieldValue, ...] | None = from_json(raw)
    if value is None or (isinstance(raw, list) and isinstance(value, tuple) and len(value) != len(raw)):
        raise ConfigError(
            f"The field {name[:80]!r} holds neither a text, a number, true or false, nor a list of these."
        )
    return value
