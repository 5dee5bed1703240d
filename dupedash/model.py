"""The values that everything passes around. It imports nothing of ours and does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

FieldValue = str | int | float | bool | datetime
"""One value of a field. Dates are timezone-aware UTC."""
Fields = Mapping[str, FieldValue | tuple[FieldValue, ...]]
"""The fields of one image: a single value, or a tuple where the field is multi-valued."""


EXACT, NEAR = 0.95, 0.7
"""The contract of scores, from Flow's page on /duplicate: from EXACT on only size, format, compression or
metadata differ, from NEAR on it is one picture that was edited. NEAR holds where nobody chose a threshold."""
FLOOR = 0.5
"""The lowest score that a scan keeps where nobody chose another: room below NEAR to move to."""


class FieldType(StrEnum):
    """What a field holds; decides its operators and how a filter compares."""

    STRING = "string"
    TEXT = "text"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field that the collection knows."""

    name: str
    type: FieldType
    multi: bool = False


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value of a field (as text) and how many images have it; count is None where unknown."""

    value: str
    count: int | None


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One image of a collection. What a backend does not know is None.

    id        stable: the same image again has the same id
    location  where it is: an absolute path or a URL
    bytes     size of the file
    modified  when the file was last changed, UTC
    content   SHA-256 (hex) of the file's bytes
    pixels    SHA-256 (hex) of its upright pixels: equal where only the container differs
    skipped   why it cannot be compared (too flat, too small …), or None
    """

    id: str
    location: str
    fields: Fields = field(default_factory=dict)
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    format: str | None = None
    modified: datetime | None = None
    content: str | None = None
    pixels: str | None = None
    skipped: str | None = None

    @property
    def filename(self) -> str:
        """The last part of the location."""
        return self.location.rstrip("/").replace("\\", "/").rsplit("/", 1)[-1] or self.id


class ScanMode(StrEnum):
    """How thorough a scan is; see `scanmode.resolve`."""

    BALANCED = "balanced"
    SPEED = "speed"
    EXACT = "exact"


class Smartfilter(StrEnum):
    """How strictly candidates are filtered before they are compared (Flow's rank.smartfilter)."""

    OFF = "off"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    EXTREME = "extreme"


@dataclass(frozen=True, slots=True)
class DuplicateQuery:
    """How to search the duplicates of one image; one-to-one with Flow's rank.* parameters.

    threshold    0…1, hits below it are dropped
    rows         at most so many hits; more are reported as `Hits.truncated`
    fq           filters on what is searched; all must hold
    explain      whether the hits shall say why they match, where the collection can tell; costs time
    """

    threshold: float = NEAR
    rows: int = 1000
    approximate: bool = False
    smartfilter: Smartfilter = Smartfilter.OFF
    fq: tuple[str, ...] = ()
    explain: bool = True


@dataclass(frozen=True, slots=True)
class ById:
    """The query image is one of the collection."""

    id: str


@dataclass(frozen=True, slots=True)
class ByUrl:
    """The query image is fetched from an http(s) URL, by whoever answers the query."""

    url: str


@dataclass(frozen=True, slots=True)
class ByData:
    """The query image is uploaded: the bytes of an image file."""

    data: bytes
    name: str = "upload"


@dataclass(frozen=True, slots=True)
class ByAnalysis:
    """The query image was analysed before: JSON as `analyze` gave it, not to be looked into."""

    analysis: Any


QueryImage = ById | ByUrl | ByData | ByAnalysis


class ChangeKind(StrEnum):
    """What happened between two images that match, in the order in which it is told.

    Stored scans know them by their place: a new one comes last, and none is taken away.
    """

    IDENTICAL_FILE = "identical file"
    IDENTICAL_PIXELS = "identical pixels"
    RE_ENCODED = "re-encoded"
    RESIZED = "resized"
    CROPPED = "cropped"
    BORDERED = "border added"
    PART_OF = "part of a larger picture"
    STRETCHED = "stretched"
    ROTATED = "rotated"
    TURNED = "turned"
    MIRRORED = "mirrored"
    BRIGHTER = "brighter"
    DARKER = "darker"
    CONTRAST = "contrast changed"
    COLOUR = "colours changed"
    GRAY = "black and white"
    BLURRED = "blurred"
    SHARPENED = "sharpened"
    NOISE = "noise added"
    OVERLAY = "text or logo added"
    FRAMES = "other frames or pages"
    UPSCALED = "upscaled"
    SLIGHT = "slightly changed"
    CONVERTED = "saved without loss from a compressed one"
    COMPRESSED = "compressed harder"

    @property
    def token(self) -> str:
        """Its name in files for other programs: "part-of"."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def _missing_(cls, value: object) -> ChangeKind | None:
        """What stored checks of earlier versions call otherwise."""
        return cls.UPSCALED if value == "enlarged" else None


class PairKind(StrEnum):
    """What two images are to each other, the closest first; `groups.kinds` decides it.

    ALIKE   they score below NEAR: no duplicates, and shown only where the threshold is moved below it
    LIVE    the picture and the video of one Live photo
    RAW_JPEG  the raw file and the picture of one shot
    BURST   frames of one camera within seconds, alike and no copies
    """

    SAME_FILE = "same file"
    SAME_PIXELS = "same pixels"
    RE_ENCODED = "re-encoded or resized"
    EDITED = "edited"
    ALIKE = "alike"
    LIVE = "Live photo"
    RAW_JPEG = "RAW + JPEG"
    BURST = "burst"

    @property
    def token(self) -> str:
        """Its name in options and in files for other programs: "raw-jpeg"."""
        return self.name.lower().replace("_", "-")


DUPLICATES = (PairKind.SAME_FILE, PairKind.SAME_PIXELS, PairKind.RE_ENCODED, PairKind.EDITED)
ONE_MOMENT = (PairKind.LIVE, PairKind.RAW_JPEG, PairKind.BURST)
"""Kinds that are no duplicates: nothing is done with them where nobody names them. Such a pair is known by
time and name, not by how alike it is, and counts at every threshold."""
USUAL = (*DUPLICATES, PairKind.ALIKE)
"""The kinds that are shown where nobody chose any."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What of an `Explanation` tells which of two images was made from the other; see there."""

    kinds: tuple[ChangeKind, ...] = ()
    edited_a: tuple[ChangeKind, ...] = ()
    edited_b: tuple[ChangeKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two images match; b is seen as made from a.

    kinds      what changed, most important first
    affine     six numbers (m00 m01 m02 m10 m11 m12): a point of a in the unit square (x right, y down) to
               b's unit square; None where no registration was needed or found
    mirrored   b is the mirror image (already part of `affine`)
    overlap_a  share of a that is seen in b, 0…1; overlap_b the other way round
    rotation   degrees, counter-clockwise, -180…180
    scale      size of a's content in b, in pixels per pixel of the decoded pictures
    aspect     horizontal over vertical scale; 1 = not stretched
    inliers    keypoints that agree on the registration
    residual   boxes (x0 y0 x1 y1, unit square of b) where the registered pictures differ: overlays, edits
    edited_a   what shows that a is the edited one of the two (a border, text, a view cut off …), whatever the
               order in which they are told; edited_b the same of b. Often neither can be told. SLIGHT in
               both: more differs than saving again makes, and nothing shows what, or in which of them
    """

    kinds: tuple[ChangeKind, ...] = ()
    affine: tuple[float, ...] | None = None
    mirrored: bool = False
    overlap_a: float = 1.0
    overlap_b: float = 1.0
    rotation: float = 0.0
    scale: float = 1.0
    aspect: float = 1.0
    inliers: int = 0
    residual: tuple[tuple[float, float, float, float], ...] = ()
    edited_a: tuple[ChangeKind, ...] = ()
    edited_b: tuple[ChangeKind, ...] = ()

    def words(self) -> str:
        """One line for a person: "cropped to 72 %, brighter"."""
        return ", ".join(self._word(k) for k in self.kinds) or "similar picture"

    def _word(self, kind: ChangeKind) -> str:
        # Where b shows more than a, that may be a border on b, or a may be a part of it that was cut out.
        cut_out = kind is ChangeKind.BORDERED and ChangeKind.CROPPED in self.edited_a
        if kind is ChangeKind.CROPPED or cut_out:
            return f"cropped to {100 * min(self.overlap_a, self.overlap_b):.0f} %"
        if kind in (ChangeKind.ROTATED, ChangeKind.TURNED):
            return f"{kind} {abs(self.rotation):.0f}°"
        return str(kind)


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer to a query for duplicates; never the query image itself."""

    id: str
    score: float
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """All answers to one query, best first (ties by id). `truncated`: there may be more than were sent."""

    hits: tuple[Hit, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """An image to be added to a collection, with its fields.

    analysis  what `analyze` gave for it; where it is None the collection reads `location` itself.
    foreign   it came from another machine or account, which is told nothing of the files here: none is opened
    """

    id: str
    location: str
    fields: Fields = field(default_factory=dict)
    analysis: Any = None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One image that could not be read, compared or asked about; `what` is its id or path."""

    what: str
    reason: str


SETTLED = 2.0
"""Seconds after which a rate says how long the rest takes: until then it jumps."""
FIRST_FEW, FIRST_PART = 20, 0.05
"""It says so only after so many items, or such a part of a few: the first wait for what is being loaded."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot of long work.

    `seconds` since it started; `skipped` of `done` were there before (resumed).
    """

    stage: str
    done: int
    total: int | None
    seconds: float = 0.0
    skipped: int = 0
    matches: int = 0
    groups: int = 0
    failures: int = 0

    @property
    def rate(self) -> float:
        """Items a second in this run; 0 before the first."""
        return max(0, self.done - self.skipped) / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left at this rate, or None where that is not known (yet)."""
        if self.total is None or self.rate == 0 or self.seconds < SETTLED:
            return None
        if self.done - self.skipped < min(FIRST_FEW, FIRST_PART * self.total):
            return None
        return max(0, self.total - self.done) / self.rate


ReportProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


def ignore(_progress: Progress) -> None:
    """The progress receiver of those who do not watch."""


def never() -> bool:
    """The stop signal of those who do not stop."""
    return False
