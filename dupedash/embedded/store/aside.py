"""Put a damaged database aside, so that its collection can be filled anew; nothing of it is deleted."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from dupedash.embedded.store.store import Store


def put_aside(folder: Path) -> Path:
    """Move the database of the collection in this folder aside, to where is returned; make an empty one."""
    place = folder / f"damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    place.mkdir()
    for file in folder.glob("collection.sqlite*"):
        file.rename(place / file.name)
    shutil.rmtree(folder / "cache", ignore_errors=True)  # derived from the database
    Store(folder).close()
    return place
