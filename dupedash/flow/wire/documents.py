"""One image as a Solr document, both ways."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dupedash.errors import BadReply
from dupedash.model import FieldValue, ImageRecord

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OWN = ("width", "height", "bytes", "format", "modified", "content", "pixels", "skipped")
ADDRESS = ("id", "image", "filename", "import", "score")
"""Members of a document that are no fields of the image."""


def document(record: ImageRecord) -> dict[str, Any]:
    """What our server sends of an image: what it brought itself goes before what was found out about it.

    What is not known is left out, never null [solr].
    """
    own = {name: as_json(getattr(record, name)) for name in _OWN}
    fields = {name: as_json(value) for name, value in record.fields.items()}
    address = {"id": record.id, "image": record.location}
    document = {**own, "filename": record.filename, **fields, **address}
    return {k: v for k, v in document.items() if v is not None and v != []}


def searchable(record: ImageRecord) -> dict[str, Any]:
    """The document and what filters know besides: where the image is."""
    place = {"location": record.location, "folder": record.location.rpartition("/")[0]}
    return {**place, **document(record)}


def record(document: Mapping[str, Any]) -> ImageRecord:
    """An image from a server's document. Raises BadReply where it has no id."""
    image_id = document.get("id")
    if not isinstance(image_id, str) or not image_id:
        raise BadReply("A document of the answer has no id.")
    image = _first(document.get("image"))
    own = {name: from_json(document[name]) for name in _OWN if name in document}
    own = {name: value for name, value in own.items() if _fits(name, value)}
    fields = {
        name: value
        for name, raw in document.items()
        if name not in own and name not in ADDRESS and not name.startswith("_")
        if (value := from_json(raw)) is not None
    }
    location = image if isinstance(image, str) else ""
    filename = document.get("filename")
    if isinstance(filename, str) and filename != ImageRecord(image_id, location).filename:
        fields["filename"] = filename
    return ImageRecord(image_id, location, fields, **own)


def _fits(name: str, value: object) -> bool:
    """Whether a field of that name can be ours; on a foreign server `format` may be anything."""
    if name in ("width", "height", "bytes"):
        return type(value) is int
    if name == "modified":
        return isinstance(value, datetime)
    if name in ("content", "pixels"):
        return isinstance(value, str) and bool(_DIGEST.fullmatch(value))
    return isinstance(value, str)


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def as_json(value: Any) -> Any:
    """A field's value as JSON; None for a number that JSON cannot write."""
    if isinstance(value, tuple):
        return [item for item in map(as_json, value) if item is not None]
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds") + "Z"
    return None if isinstance(value, float) and not math.isfinite(value) else value


def from_json(value: Any) -> Any:
    """A field's value from JSON; None for what no field can hold. An instant in UTC is a date."""
    if isinstance(value, list):
        return tuple(item for item in map(_single, value) if item is not None) or None
    return _single(value)


def _single(value: Any) -> FieldValue | None:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value if isinstance(value, str | int | float | datetime) else None  # bool is an int
