"""All that is known of a picture: what its file says, and what lies beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from dupedash.errors import UnreadableImage
from dupedash.formats import PILLOW
from dupedash.images.files import printable, read_file
from dupedash.images.metadata import facts as known
from dupedash.images.metadata.embedded import facts_of
from dupedash.images.metadata.facts import Fact, Facts
from dupedash.images.metadata.inside import NoPlace, packet_in, with_packet
from dupedash.images.metadata.packet import LARGEST, NoPacket, facts_of_packet, written


def read_facts(picture: Path) -> Facts:
    """What a picture file says. Raises UnreadableImage where it cannot be opened as a picture."""
    try:
        with Image.open(picture, formats=PILLOW) as image:
            return facts_of(image)
    except (OSError, ValueError, SyntaxError, OverflowError) as error:
        raise UnreadableImage(printable(picture), f"its metadata cannot be read: {error}") from error


def takes_packet(picture: Path) -> bool:
    """Whether more can be written into this file. Raises UnreadableImage where it cannot be read."""
    data = read_file(picture)
    try:
        with_packet(data, written(packet_in(data), {}))
    except (NoPlace, NoPacket):
        return False
    return True


def read_sidecar(sidecar: Path) -> Facts:
    """What an XMP sidecar or a record of Google Takeout says; nothing of others. Raises UnreadableImage."""
    try:
        with sidecar.open("rb") as file:
            data = file.read(LARGEST + 1)
        if sidecar.suffix.lower() == ".xmp":
            return facts_of_packet(data)
        return facts_of_record(json.loads(data)) if sidecar.suffix.lower() == ".json" else {}
    except NoPacket as error:
        raise UnreadableImage(printable(sidecar), str(error)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableImage(printable(sidecar), f"it cannot be read: {error}") from error


def facts_of_record(record: Any) -> Facts:
    """What a record of Google Takeout says; its title is the name of the file."""
    if not isinstance(record, dict) or "photoTakenTime" not in record:
        return {}
    return known.gathered(
        [
            {
                Fact.CAPTION: known.texts([record.get("description") or ""]),
                Fact.TAKEN: _moment(record["photoTakenTime"]),
                Fact.PLACE: _place(record.get("geoData")) or _place(record.get("geoDataExif")),
            }
        ]
    )


def _moment(taken: Any) -> tuple[str, ...]:
    try:
        moment = datetime.fromtimestamp(int(taken["timestamp"]), UTC)
    except (TypeError, LookupError, ValueError, OverflowError, OSError):
        return ()
    return known.moment(moment.isoformat(timespec="seconds"))


def _place(data: Any) -> tuple[str, ...]:
    try:
        return known.place(*(float(data[name]) for name in ("latitude", "longitude", "altitude")))
    except (TypeError, LookupError, ValueError):
        return ()
