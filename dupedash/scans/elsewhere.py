"""Take in a scan that was made elsewhere: its result becomes a stored scan here, its images a collection."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

from dupedash.config import Workspace, collection_name
from dupedash.connect import Connection, Connections, Engine
from dupedash.dataset import scan
from dupedash.dataset.collection import ENGINE
from dupedash.dataset.places import Place
from dupedash.errors import ConfigError, ScanError
from dupedash.images.files import printable
from dupedash.scans.store import ScanStore
from dupedash.scans.stored import META, StoredScan, load, save

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def open_elsewhere(workspace: Workspace, text: str, name: str = "") -> StoredScan:
    """The newest scan in the folder or at the address `text`; taken in before, it is the one that is here.

    `name`: of the collection, by the folder where none is given. Raises ConfigError, ScanError, Forbidden,
    OSError.
    """
    workspace.must_write()
    place = Place.of(text)
    made = scan.newest(place)
    connection = _connection(Connections(workspace), place, name)
    store = ScanStore(workspace.scans)
    known = _known(store, made, connection.name)
    return known or _taken(store, place, made, connection.name)


def _connection(connections: Connections, place: Place, name: str) -> Connection:
    """Remembered from now on. Raises ConfigError where the name belongs to another collection."""
    usual = _UNFIT.sub("-", printable(place.url).rstrip("/").rpartition("/")[2]).strip("-._")
    wanted = Connection(collection_name(name or usual or ENGINE), place=place.url)
    there = next((one for one in connections.list() if one.name == wanted.name), wanted)
    if there != wanted:
        raise ConfigError(
            f"There is another collection {wanted.name!r} already: choose a name with --collection."
            if there.engine is not Engine.ELSEWHERE
            else f"The collection {wanted.name!r} is that of {printable(there.place)}: choose another name."
        )
    connections.add(wanted)
    return wanted


def _known(store: ScanStore, made: scan.Made, name: str) -> StoredScan | None:
    started = made.told.get("started")
    same = (s for s in store.list() if s.collection == name and s.identity == made.identity)
    return next((s for s in same if s.started.isoformat() == started), None)


def _taken(store: ScanStore, place: Place, made: scan.Made, name: str) -> StoredScan:
    """A copy of its matches and of the records of images that match; descriptions and thumbnails stay."""
    files = scan.files_of(place, made)
    if missing := set(scan.NEEDED) - files.keys():
        raise ScanError(
            f"The scan {made.id} in {printable(place.url)} is damaged: {sorted(missing)[0]} is gone."
        )
    home = store.new_home()
    try:
        for file, data in files.items():
            (home / file).write_bytes(data)
        (home / META).write_text(json.dumps(made.told), "utf-8")
        found = load(home)
        return save(replace(found, folder=home, id=home.name, collection=name, engine=ENGINE))
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
