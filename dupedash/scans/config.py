"""The values of a stored scan: how it was configured, how it went, what it could not compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dupedash.errors import ConfigError
from dupedash.model import FLOOR, ChangeKind, ScanMode

MAY_BE_LEFT_OUT = (ChangeKind.MIRRORED, ChangeKind.TURNED)
"""Kinds of which a scan may leave out the pairs that match only so."""


class ScanStatus(StrEnum):
    """How far a scan came. `stopped` and `failed` ones hold what was found and can go on."""

    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ScanConfig:
    """What decides the result of a scan; with the collection and its state it is the key of the cache.

    floor    lowest score that is kept, above 0 and at most 1; thresholds are chosen later, above it
    fq       filters on what is scanned; all must hold
    against  filters on what it is compared with; none: with the scanned images themselves
    without  mirrored, turned, or both: pairs that match only so are left out

    The order of filters does not matter, so they are kept sorted. Raises ConfigError.
    """

    mode: ScanMode = ScanMode.BALANCED
    floor: float = FLOOR
    fq: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    without: tuple[ChangeKind, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "mode", _mode(self.mode))
        object.__setattr__(self, "floor", _floor(self.floor))
        object.__setattr__(self, "fq", _filters("fq", self.fq))
        object.__setattr__(self, "against", _filters("against", self.against))
        object.__setattr__(self, "without", _without(self.without))


def _mode(mode: str) -> ScanMode:
    try:
        return ScanMode(mode)
    except ValueError:
        known = ", ".join(ScanMode)
        raise ConfigError(f"The scan mode {mode!r} is not known: use one of {known}.") from None


def _floor(floor: float) -> float:
    if not 0 < floor <= 1:
        raise ConfigError(f"The floor {floor!r} is not a score: use a number above 0 and at most 1.")
    return float(floor)


def _without(kinds: Sequence[str]) -> tuple[ChangeKind, ...]:
    unknown = sorted(set(kinds) - set(MAY_BE_LEFT_OUT))
    if unknown:
        known = " and ".join(MAY_BE_LEFT_OUT)
        raise ConfigError(f"A scan cannot leave out {str(unknown[0])!r}: only {known} can be left out.")
    return tuple(kind for kind in MAY_BE_LEFT_OUT if kind in kinds)


def _filters(name: str, filters: Sequence[str]) -> tuple[str, ...]:
    if isinstance(filters, str) or not all(isinstance(f, str) and f.strip() for f in filters):
        raise ConfigError(f"{name}={filters!r} is not a list of filter queries, each with some text.")
    return tuple(sorted({f.strip() for f in filters}))


@dataclass(frozen=True, slots=True)
class ScanStats:
    """Figures of a scan.

    images     in its scope
    against    images that the scope was compared with
    searched   of the scope in this scan; fewer than `images` where an earlier scan was extended
    compared   of the scope; the rest is in the coverage
    carried    matches taken over from the earlier scan
    matches    at or above the floor
    unasked    images that could not be asked about: the next scan asks again
    truncated  images with more hits than could be sent
    seconds    spent, over all runs
    pace       images searched a second once a run was under way, without its start; 0 where not known
    """

    images: int = 0
    against: int = 0
    searched: int = 0
    compared: int = 0
    carried: int = 0
    matches: int = 0
    failures: int = 0
    unasked: int = 0
    truncated: int = 0
    seconds: float = 0.0
    pace: float = 0.0

    @property
    def rate(self) -> float:
        """Images searched a second; 0 where nothing was."""
        return self.searched / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Images of the scope that were not (fully) compared for one reason; `first`: locations of some."""

    reason: str
    count: int
    first: tuple[str, ...] = ()
