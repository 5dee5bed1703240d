"""The folder of stored scans: find, create, rename, delete; one folder per scan."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dupedash.errors import ScanError
from dupedash.images.files import printable
from dupedash.model import Failure
from dupedash.scans.config import ScanConfig, ScanStatus
from dupedash.scans.modes import Effort
from dupedash.scans.stored import LOCK, META, StoredScan, load, save
from dupedash.scans.tables.columns import PARTS
from dupedash.scans.writer import ScanWriter
from dupedash.storage import locks

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
INTERRUPTED = "The scan was interrupted. What it found is kept; scan again to go on."
# Longer than a look at the lock (`_runs`) takes, short enough not to be noticed.
LOCK_SECONDS = 1.0
_GOING_ON = (ScanStatus.STOPPED, ScanStatus.DONE)  # done, though not every image could be asked about


@dataclass(frozen=True, slots=True)
class ScanStore:
    """All stored scans in one folder (`Workspace.scans`), shared by any number of processes."""

    folder: Path

    def list(self) -> Sequence[StoredScan]:
        """All scans that can be read, newest first; see `damaged` for the others."""
        found = [scan for scan in map(self._try, self._folders()) if isinstance(scan, StoredScan)]
        return sorted(found, key=lambda scan: (scan.started, scan.id), reverse=True)

    def damaged(self) -> Sequence[Failure]:
        """The scans that cannot be read, with the reason."""
        return [scan for scan in map(self._try, self._folders()) if isinstance(scan, Failure)]

    def get(self, scan_id: str) -> StoredScan:
        """Raises ScanError: no such scan, damaged, or made by a newer version."""
        return _as_it_is(load(self._home(scan_id)))

    def find(
        self, collection: str, state: str, config: ScanConfig, engine: str | None = None, identity: str = ""
    ) -> StoredScan | None:
        """The scan of exactly this: a complete one before one that can go on, the newest first.

        `engine` and `identity`, where given, tell collections of one name apart.
        """
        same = self._same(collection, state, config, engine, identity)
        return next((s for s in same if s.complete), same[0] if same else None)

    def begun_anew(
        self, collection: str, state: str, config: ScanConfig, engine: str, identity: str
    ) -> StoredScan | None:
        """The newest scan of exactly this that was to search everything again, did not end and can go on."""
        same = self._same(collection, state, config, engine, identity)
        unfinished = (s for s in same if s.anew and not s.complete)
        return next((s for s in unfinished if s.status in _GOING_ON and _whole(s)), None)

    def _same(
        self, collection: str, state: str, config: ScanConfig, engine: str | None, identity: str
    ) -> Sequence[StoredScan]:
        return [
            s
            for s in self.list()
            if (s.collection, s.state, s.config) == (collection, state, config)
            and engine in (None, s.engine)
            and (not identity or s.is_of(identity) is not False)
        ]

    def earlier(self, collection: str, config: ScanConfig) -> Sequence[StoredScan]:
        """Complete scans of this collection and configuration in any state, newest first."""
        return [s for s in self.list() if (s.collection, s.config) == (collection, config) and s.complete]

    def create(
        self,
        collection: str,
        engine: str,
        state: str,
        config: ScanConfig,
        effort: Effort,
        name: str | None = None,
        identity: str = "",
        *,
        anew: bool = False,
    ) -> StoredScan:
        """A new scan, not yet running. It is the newest one, also where the clock was set back."""
        after = [scan.started + timedelta.resolution for scan in self.list()]
        started = max([datetime.now(UTC), *after])
        home = self.new_home(started)
        called = name or f"{collection} {started.astimezone():%Y-%m-%d %H:%M}"
        scan = StoredScan(
            home, home.name, called, collection, engine, state, config, effort, ScanStatus.STOPPED, started,
            identity=identity, anew=anew,
        )  # fmt: skip
        return save(scan)

    def rename(self, scan_id: str, name: str) -> StoredScan:
        """Raises ScanError where it runs just now."""
        if not name.strip():
            raise ScanError("A scan needs a name with some text.")
        scan = self.get(scan_id)
        with _locked(scan):
            return save(replace(load(scan.folder), name=name.strip()))

    def delete(self, scan_id: str) -> None:
        """Forget a scan, a damaged one too. Raises ScanError where there is none or it runs just now."""
        home = self._home(scan_id)
        if not home.is_dir():
            raise ScanError(f"There is no stored scan {scan_id!r}.")
        if _runs(home):
            raise ScanError(f"The scan {scan_id} runs just now: stop it first.")
        # First out of sight, then away: a scan is there wholly or not at all.
        going = home.with_name(f".deleted-{scan_id}")
        home.rename(going)
        shutil.rmtree(going)

    @contextmanager
    def writing(self, scan: StoredScan) -> Iterator[ScanWriter]:
        """The one writer of a scan. Raises ScanError where another process has it."""
        with _locked(scan):
            yield ScanWriter(load(scan.folder))

    def _home(self, scan_id: str) -> Path:
        if not _ID.fullmatch(scan_id):
            raise ScanError(f"There is no stored scan {scan_id!r}.")
        return self.folder / scan_id

    def _folders(self) -> Sequence[Path]:
        if not self.folder.is_dir():
            return []
        return [home for home in self.folder.iterdir() if _ID.fullmatch(home.name) and home.is_dir()]

    def new_home(self, started: datetime | None = None) -> Path:
        """A folder for one more scan, by the day on which it was started (today)."""
        started = started or datetime.now(UTC)
        self.folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            home = self.folder / f"{started:%Y-%m-%d}-{number}"
            try:
                home.mkdir()
            except FileExistsError:
                number += 1
            else:
                (home / PARTS).mkdir()
                return home

    def _try(self, home: Path) -> StoredScan | Failure | None:
        if not (home / META).exists():  # being created or deleted just now
            return None
        try:
            return _as_it_is(load(home))
        except ScanError as error:
            return Failure(home.name, str(error))


@contextmanager
def _locked(scan: StoredScan) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(locks.held(scan.folder / LOCK, LOCK_SECONDS))
        except locks.Taken:
            raise ScanError(f"The scan {scan.id} runs already in another process.") from None
        except OSError as error:
            raise _unlockable(scan.folder, error) from error
        yield


def _whole(scan: StoredScan) -> bool:
    """Whether its parts can be read, so that it can go on."""
    try:
        ScanWriter(scan)
    except ScanError:
        return False
    return True


def _runs(home: Path) -> bool:
    """Whether somebody writes this scan."""
    try:
        return locks.is_held(home / LOCK)
    except OSError as error:
        raise _unlockable(home, error) from error


def _unlockable(home: Path, error: OSError) -> ScanError:
    return ScanError(
        f"The stored scan {home.name} cannot be locked: {error.strerror or error}. Delete "
        f"{printable(home / LOCK)}, or make the folder writable."
    )


def _as_it_is(scan: StoredScan) -> StoredScan:
    if scan.status is not ScanStatus.RUNNING or _runs(scan.folder):
        return scan
    return replace(scan, status=ScanStatus.STOPPED, message=INTERRUPTED)
