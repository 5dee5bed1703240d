"""Do what the gate answered: add, link, overwrite. Nothing is analysed again; all of it can be taken back.

Before the collection is changed, what is about to happen is written down in a file of the workspace: new ids,
and for each overwritten document the document as it was, with its analysis.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from dupedash.check.examine import Checked
from dupedash.check.gate import Answer
from dupedash.collection import WritableCollection
from dupedash.config import Workspace
from dupedash.embedded.store.store import file_id
from dupedash.errors import ActionError, UnknownImage, UnreadableImage, Unsupported
from dupedash.fieldjson import document_of_json, document_to_json
from dupedash.images import path_of
from dupedash.model import ById, Document, Failure
from dupedash.storage import atomic

LINK_ONE, LINK_ALL = "duplicate_of", "links"
"""The fields that LINK fills: the best hit's id, and all hits' ids."""
_LONGEST_NAME = 120  # characters; with the hash and the ending below the 255 bytes of file systems


@dataclass(frozen=True, slots=True)
class Added:
    """What was done. `record` is the file from which `take_back` undoes it, None where nothing was done.

    added, overwritten   ids of documents
    """

    added: tuple[str, ...]
    overwritten: tuple[str, ...]
    failed: tuple[Failure, ...]
    record: Path | None


@dataclass(frozen=True, slots=True)
class Placing:
    """How new documents are made.

    fields  of each of them
    into    folder where images without a place of their own are kept; None: only their analysis is kept
    """

    fields: Mapping[str, Any]
    into: Path | None = None


def add_checked(
    collection: WritableCollection, checked: Sequence[Checked], placing: Placing, workspace: Workspace
) -> Added:
    """Carry out ADD, LINK and OVERWRITE; REJECT and ASK change nothing. Raises CollectionError, Forbidden."""
    workspace.must_write()
    failed: list[Failure] = []
    ids: dict[str, str] = {}
    documents: list[Document] = []
    old: dict[str, dict[str, Any]] = {}
    for one in checked:
        if not one.answer.adds or one.analysis is None:
            continue
        try:
            document = _document(collection, one, placing, ids)
        except (UnreadableImage, OSError, ActionError) as error:
            failed.append(Failure(one.item.name, str(error)))
            continue
        before = _before(collection, document.id)
        there = before is not None and one.answer is not Answer.OVERWRITE
        if there or document.id in ids.values():
            failed.append(Failure(one.item.name, f"it is in the collection already, as {document.id}"))
            continue
        if before is not None:
            old.setdefault(document.id, document_to_json(before))
        ids[one.item.name] = document.id
        documents.append(document)
    if not documents:
        return Added((), (), tuple(failed), None)
    new = [document.id for document in documents if document.id not in old]
    record = _write_down(workspace, collection.name, new, list(old.values()))
    refused = collection.add(documents)
    collection.commit()
    gone = {failure.what for failure in refused}
    return Added(
        tuple(i for i in new if i not in gone),
        tuple(i for i in old if i not in gone),
        (*failed, *refused),
        record,
    )


def take_back(collection: WritableCollection, record: Path) -> list[Failure]:
    """Remove what was added and bring back what was overwritten. Saved files stay. Raises ActionError."""
    try:
        kept = json.loads(record.read_text("utf-8"))
        old = [document_of_json(item) for item in kept["overwritten"]]
        name, added = kept["collection"], kept["added"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ActionError(f"{record} is no record of added images: {error}.") from error
    if name != collection.name:
        raise ActionError(f"{record} is about the collection {name}, not {collection.name}.")
    collection.remove(added)
    failures = collection.add(old)
    collection.commit()
    return failures


def _document(
    collection: WritableCollection, one: Checked, placing: Placing, ids: Mapping[str, str]
) -> Document:
    fields = dict(placing.fields)
    location = one.item.location or _saved(one, placing.into)
    path = path_of(location)
    image_id = _free_id(collection, path) if path.is_absolute() else one.content[:16]
    if one.answer is Answer.OVERWRITE:
        if not one.hits:
            raise ActionError("there is nothing in the collection that it could overwrite")
        image_id = one.hits[0].id
        fields = {**collection.records([image_id])[0].fields, **fields}
    elif one.answer is Answer.LINK:
        linked = [hit.id for hit in one.hits] + [ids[hit.id] for hit in one.inside if hit.id in ids]
        if linked:
            fields |= {LINK_ONE: linked[0], LINK_ALL: tuple(dict.fromkeys(linked))}
    return Document(image_id, location, fields, one.analysis)


def _free_id(collection: WritableCollection, path: Path) -> str:
    """The id of a file, unless a document has it that was there before and is elsewhere now."""
    image_id = file_id(path)
    before = _before(collection, image_id)
    if before is None or path_of(before.location) == path:
        return image_id
    return file_id(path / before.id)


def _saved(one: Checked, into: Path | None) -> str:
    """Where the image is kept: a new file in `into`, never over another; else only its name."""
    if into is None or one.item.read is None:
        return f"upload:{one.item.name}"
    into.mkdir(parents=True, exist_ok=True)
    path = into.resolve() / _file_name(one)
    data = one.item.read()
    if path.exists() and path.read_bytes() == data:
        return str(path)
    atomic.create(path, data)
    return str(path)


def _file_name(one: Checked) -> str:
    """Made from the last part of its name, harmless everywhere, and unlike any other by its content."""
    last = re.split(r"[\\/]|: ", one.item.name)[-1]
    stem, dot, ending = last.rpartition(".")
    clean = re.sub(r"[^\w-]+", "_", stem if dot else last).strip("_")[:_LONGEST_NAME] or "image"
    return f"{clean}-{one.content[:12]}.{re.sub(r'[^a-z0-9]', '', ending.lower())[:5] or 'jpg'}"


def _before(collection: WritableCollection, image_id: str) -> Document | None:
    """The document as it is now, or None where there is none."""
    try:
        record = collection.records([image_id])[0]
    except UnknownImage:
        return None
    try:
        analysis = collection.analyze(ById(image_id))
    except Unsupported:
        analysis = None
    return Document(record.id, record.location, record.fields, analysis)


def _write_down(
    workspace: Workspace, collection: str, added: Sequence[str], old: Sequence[Mapping[str, Any]]
) -> Path:
    workspace.journals.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = workspace.journals / f"added-{now:%Y%m%d-%H%M%S-%f}-{token_hex(2)}.json"
    kept = {"collection": collection, "when": now.isoformat(), "added": list(added), "overwritten": list(old)}
    atomic.create(path, json.dumps(kept))
    return path
