"""Field values and documents as JSON: dates and lists come back as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dupedash.model import Document, Fields, FieldValue


def value_to_json(value: FieldValue | tuple[FieldValue, ...] | None) -> Any:
    """A date becomes {"date": ISO}, a tuple a list; the rest is JSON already."""
    if isinstance(value, tuple):
        return [value_to_json(item) for item in value]
    return {"date": value.isoformat()} if isinstance(value, datetime) else value


def value_of_json(data: Any) -> Any:
    """The value that `value_to_json` wrote."""
    if isinstance(data, list):
        return tuple(value_of_json(item) for item in data)
    return datetime.fromisoformat(data["date"]) if isinstance(data, Mapping) else data


def fields_to_json(fields: Fields) -> dict[str, Any]:
    """The fields of one image."""
    return {name: value_to_json(value) for name, value in fields.items()}


def fields_of_json(data: Mapping[str, Any]) -> Fields:
    """The fields that `fields_to_json` wrote."""
    return {name: value_of_json(value) for name, value in data.items()}


def document_to_json(document: Document) -> dict[str, Any]:
    """A document with its analysis."""
    return {
        "id": document.id,
        "location": document.location,
        "fields": fields_to_json(document.fields),
        "analysis": document.analysis,
    }


def document_of_json(data: Mapping[str, Any]) -> Document:
    """The document that `document_to_json` wrote."""
    return Document(data["id"], data["location"], fields_of_json(data["fields"]), data["analysis"])
