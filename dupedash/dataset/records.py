"""Records of images from the rows of a dataset."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dupedash.fieldjson import fields_of_json
from dupedash.model import ImageRecord

COLUMNS = (
    "id", "location", "fields", "width", "height", "bytes", "format", "modified", "content", "pixels",
    "skipped",
)  # fmt: skip


def record_of(row: Mapping[str, Any]) -> ImageRecord:
    """From a row of these columns."""
    known = {name: row[name] for name in COLUMNS if name != "fields"}
    return ImageRecord(**known, fields=fields_of_json(json.loads(row["fields"])))
