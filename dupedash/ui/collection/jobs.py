"""How work on a collection's images is told while it runs."""

from __future__ import annotations

from dupedash.ui.jobs import JobKind

KINDS = {
    "index": JobKind("Reading images", "files"),
    "example": JobKind("Making the example", "images"),
}
