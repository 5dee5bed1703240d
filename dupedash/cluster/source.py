"""An image before it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Source:
    """A row of `layout.SOURCE`. `fields`: what was given for it, as JSON."""

    id: str
    location: str
    path: bytes
    size: int
    stamp: str
    modified: datetime | None
    fields: str = "{}"
