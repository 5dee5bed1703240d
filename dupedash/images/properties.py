"""The properties of images side by side, with what differs marked. Pure; all values are plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dupedash import wording
from dupedash.model import ImageRecord

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of several images: its name and the value of each, as text."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Not all the same."""
        return len(set(self.values)) > 1


def compare(records: Sequence[ImageRecord]) -> list[Property]:
    """File properties first, then the fields by name."""
    rows = [
        Property("File name", tuple(r.filename for r in records)),
        Property("Folder", tuple(_folder(r) for r in records)),
        Property("Pixels", tuple(_pixels(r) for r in records)),
        Property("Format", tuple(r.format or UNKNOWN for r in records)),
        Property("Bytes", tuple(f"{r.bytes:,}" if r.bytes is not None else UNKNOWN for r in records)),
        Property("Changed", tuple(_date(r.modified) for r in records)),
        Property("File content", _letters([r.content for r in records])),
        Property("Pixel content", _letters([r.pixels for r in records])),
    ]
    names = sorted({name for r in records for name in r.fields})
    return rows + [Property(name, tuple(_field(r, name) for r in records)) for name in names]


def _folder(record: ImageRecord) -> str:
    return record.location[: len(record.location) - len(record.filename)].rstrip("/\\") or UNKNOWN


def _pixels(record: ImageRecord) -> str:
    return f"{record.width:,} × {record.height:,}" if record.width and record.height else UNKNOWN


def _date(moment: datetime | None) -> str:
    return wording.moment(moment) if moment else UNKNOWN


def _letters(hashes: Sequence[str | None]) -> tuple[str, ...]:
    """Equal content has the same short name: the first digits of its hash."""
    return tuple(h[:8] if h else UNKNOWN for h in hashes)


def _field(record: ImageRecord, name: str) -> str:
    return wording.field_value(record.fields.get(name, ())) or UNKNOWN
