"""manifest.json: what was planted where, and the fields of each file. Written last: there, all is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from dupedash.errors import ConfigError
from dupedash.example.changes import Closeness, CopyKind
from dupedash.example.fields import FIELDS
from dupedash.model import Fields, FieldType, FieldValue

NAME = "manifest.json"
_DATES = {field.name for field in FIELDS if field.type is FieldType.DATE}


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """One file. `group` is the path of its original where it has copies; `of` is what `kind` refers to.

    kind is "original", "flat", "broken", "burst" or a value of `changes.CopyKind`. A look-alike and a later
    frame of a burst have no group with `of`: they are pictures of their own.
    """

    path: str
    kind: str
    of: str | None
    group: str | None
    fields: Fields


@dataclass(frozen=True, slots=True)
class ExampleManifest:
    """The example collection in `folder`; `made` counts the files of this call: 0, nothing was to do."""

    folder: Path
    version: int
    files: tuple[ExampleFile, ...]
    made: int = 0

    @property
    def groups(self) -> dict[str, list[str]]:
        """Original → itself and its copies."""
        groups: dict[str, list[str]] = {}
        for file in self.files:
            if file.group:
                groups.setdefault(file.group, []).append(file.path)
        return groups


class Truth(NamedTuple):
    """`path` was made from `original` by `kind`; a look-alike only resembles it."""

    path: str
    original: str
    kind: CopyKind
    closeness: Closeness


def truth(folder: Path) -> list[Truth]:
    """What a duplicate search must find in the folder, and the look-alikes that it must not.

    Frames of a burst are neither: whether they are duplicates is for people to say.
    """
    kinds = {str(kind) for kind in CopyKind}
    return [
        Truth(file.path, file.of, CopyKind(file.kind), CopyKind(file.kind).closeness)
        for file in read(folder).files
        if file.of and file.kind in kinds
    ]


def read(folder: Path) -> ExampleManifest:
    """The manifest of a folder; ConfigError where there is none, or it is damaged."""
    path = folder / NAME
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(_file(entry) for entry in data["files"])
        return ExampleManifest(folder, int(data["version"]), files)
    except FileNotFoundError as error:
        raise ConfigError(f"{folder} has no {NAME}: make the example collection first.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} is damaged ({error}): delete it and make the example again.") from error


def write(manifest: ExampleManifest) -> None:
    """In one step: it is there wholly or not at all."""
    fields = {field.name: {"type": str(field.type), "multi": field.multi} for field in FIELDS}
    data = {
        "version": manifest.version,
        "fields": fields,
        "files": [_entry(file) for file in manifest.files],
    }
    part = manifest.folder / f"{NAME}.part"
    part.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(manifest.folder / NAME)


def _entry(file: ExampleFile) -> dict[str, Any]:
    fields = {name: _plain(value) for name, value in file.fields.items()}
    return {"path": file.path, "kind": file.kind, "of": file.of, "group": file.group, "fields": fields}


def _plain(value: FieldValue | tuple[FieldValue, ...]) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return list(value) if isinstance(value, tuple) else value


def _file(entry: dict[str, Any]) -> ExampleFile:
    fields = {name: _typed(name, value) for name, value in entry["fields"].items()}
    return ExampleFile(entry["path"], entry["kind"], entry["of"], entry["group"], fields)


def _typed(name: str, value: Any) -> FieldValue | tuple[FieldValue, ...]:
    if name in _DATES:
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
