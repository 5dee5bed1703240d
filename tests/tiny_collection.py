"""A collection small enough to be read at a glance: local files and one JSON file."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from dupedash.errors import CollectionError, UnknownImage, Unsupported
from dupedash.fieldjson import value_of_json, value_to_json
from dupedash.model import ById, FieldInfo, FieldType, ImageRecord


class TinyCollection:
    """Ids are file names. `analyses` counts the files that were read to describe them."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder, self.store = folder, store
        self.analyses = 0
        self.down = False
        self._docs = json.loads(store.read_text()) if store.exists() else {}

    @property
    def name(self):
        return "tiny"

    @property
    def engine(self):
        return "tiny"

    @property
    def identity(self):
        return str(self.store)

    def state(self):
        return hashlib.sha256(json.dumps(self._docs, sort_keys=True).encode()).hexdigest()

    def index(self, **fields):
        for path in sorted(self.folder.rglob("*.jpg")):
            doc = {"location": str(path), "fields": {k: value_to_json(v) for k, v in fields.items()}}
            self._docs[path.name] = doc | {"analysis": self._describe(path)}
        self.commit()
        return self

    def _describe(self, path):
        self.analyses += 1
        data = path.read_bytes()
        return {"content": hashlib.sha256(data).hexdigest(), "bytes": len(data)}

    def roots(self):
        return [self.folder]

    def count(self):
        return len(self._docs)

    def ids(self):
        return sorted(self._docs)

    def records(self, ids):
        return [self._record(image_id) for image_id in ids]

    def _record(self, image_id):
        if image_id not in self._docs:
            raise UnknownImage(image_id, self.name)
        doc = self._docs[image_id]
        path = Path(doc["location"])
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None
        fields = {name: value_of_json(value) for name, value in doc["fields"].items()}
        return ImageRecord(
            image_id, doc["location"], fields, 10, 10, format="JPEG", modified=modified, **doc["analysis"]
        )

    def fields(self):
        return {"labels": FieldInfo("labels", FieldType.STRING, True)}

    def analyze(self, image):
        if not isinstance(image, ById):
            raise Unsupported("Only by id.", self.name)
        return self._docs[image.id]["analysis"]

    def add(self, documents):
        for doc in documents:
            analysis = doc.analysis or self._describe(Path(doc.location))
            fields = {name: value_to_json(value) for name, value in doc.fields.items()}
            self._docs[doc.id] = {"location": doc.location, "fields": fields, "analysis": analysis}
        return []

    def set_fields(self, changes):
        for image_id, fields in changes.items():
            held = self._docs[image_id]["fields"]
            for name, value in fields.items():
                if value is None:
                    held.pop(name, None)
                else:
                    held[name] = value_to_json(value)
        return []

    def remove(self, ids):
        if self.down:
            raise CollectionError("The collection is down.", self.name)
        for image_id in ids:
            self._docs.pop(image_id, None)

    def commit(self):
        part = self.store.with_suffix(".part")
        part.write_text(json.dumps(self._docs))
        os.replace(part, self.store)
