"""A scan that was made elsewhere, taken among the stored scans of this workspace."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from dupedash.dataset.layout import SCANS
from dupedash.dataset.places import Place
from dupedash.errors import ScanError
from dupedash.images.files import printable

META = "scan.json"
NEEDED = ("images.parquet", "matches.parquet")
PLACES, CHUNKS = "places.parquet", "chunks.parquet"
"""Beside the files of a stored scan: id, chunk and row of each of its images; chunk and number of images of
everything that was scanned."""
_ID = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Made:
    """A finished scan in a dataset: its id there, what its `scan.json` says."""

    id: str
    told: dict[str, object]

    @property
    def identity(self) -> str:
        """That of the dataset."""
        return str(self.told.get("identity", ""))

    @property
    def state(self) -> str:
        """What was in it."""
        return str(self.told.get("state", ""))


def finished(place: Place) -> list[Made]:
    """Every finished scan. Raises ScanError where one is damaged, OSError."""
    found = [_made(place, name) for name in place.files.names(SCANS) if _ID.fullmatch(name)]
    return [made for made in found if made is not None]


def newest(place: Place) -> Made:
    """The scan that was finished last. Raises ScanError where there is none, OSError."""
    whole = finished(place)
    if not whole:
        raise ScanError(
            f"There is no finished scan in {printable(place.url)}: give the --out of `scan --cluster`."
        )
    return max(whole, key=lambda made: str(made.told.get("started", "")))


def _made(place: Place, name: str) -> Made | None:
    """`scan.json` is written last: without it the scan is not there yet."""
    if not place.files.exists(f"{SCANS}/{name}/{META}"):
        return None
    with place.files.open(f"{SCANS}/{name}/{META}") as file:
        try:
            told = json.loads(file.read())
        except ValueError as error:
            raise ScanError(f"The scan {name} in {printable(place.url)} is damaged: {error}.") from error
    return Made(name, told) if isinstance(told, dict) else None


def files_of(place: Place, made: Made) -> dict[str, bytes]:
    """The files of a stored scan with their checksums, `scan.json` without. Raises OSError."""
    names = [name for name in place.files.names(f"{SCANS}/{made.id}") if name != META]
    wanted = [name for name in names if name.removesuffix(".crc32") in NEEDED]
    found = {}
    for name in wanted:
        with place.files.open(f"{SCANS}/{made.id}/{name}") as file:
            found[name] = file.read()
    return found
