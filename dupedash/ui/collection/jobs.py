"""How work on a collection's images is told while it runs."""

from __future__ import annotations

from dupedash.ui.jobs import Kind

KINDS = {
    "index": Kind("Reading images", "files"),
    "example": Kind("Making the example", "images"),
}
