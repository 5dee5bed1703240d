"""One criterion: how the members of a group stand under it, and how that is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dupedash.errors import ConfigError
from dupedash.formats import format_of
from dupedash.keepers.places import place_fitting, place_in
from dupedash.model import Fields, FieldValue, ImageRecord
from dupedash.wording import plural, size


class Rule(StrEnum):
    """What a criterion looks at; the value is its name on screens and in files."""

    PIXELS = "most pixels"
    BYTES = "largest file"
    FORMAT = "preferred format"
    ORIGINAL = "original over edited"
    OLDEST = "oldest"
    NEWEST = "newest"
    METADATA = "most metadata"
    PATH = "preferred path"
    NOT_PATH = "avoided path"
    PATTERN = "preferred path pattern"
    NOT_PATTERN = "avoided path pattern"
    FIELD = "field value"


_NEEDS_VALUES = {Rule.FORMAT, Rule.PATH, Rule.NOT_PATH, Rule.PATTERN, Rule.NOT_PATTERN, Rule.FIELD}
OF_THE_FILE = frozenset({Rule.PIXELS, Rule.BYTES, Rule.FORMAT})
"""Rules that look at nothing but the file. Of an edited copy and its original either may be the larger one:
they decide only between copies that are equal in content, and so do all rules that come after one of them."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One rule with its settings. Raises ConfigError where a setting is missing.

    field   FIELD: the field; OLDEST/NEWEST: a date field (empty: when the file was changed)
    values  FORMAT: formats, FIELD: values, PATH: paths, PATTERN: patterns with * and ?, best first;
            NOT_PATH, NOT_PATTERN: the same; METADATA: the fields that count (empty: all)
    """

    rule: Rule
    field: str = ""
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rule in _NEEDS_VALUES and not self.values:
            raise ConfigError(f"The criterion {self.rule!s} needs at least one value.")
        if self.rule is Rule.FIELD and not self.field:
            raise ConfigError("The criterion 'field value' needs the name of a field.")

    @property
    def label(self) -> str:
        """As it is named on screens: "field value status: approved, draft"."""
        settings = ", ".join(self.values)
        named = f"{self.rule} {self.field}".rstrip()
        return f"{named}: {settings}" if settings else named

    @property
    def subject(self) -> str:
        """What a tie is on: "tie on format"."""
        return _SUBJECTS[self.rule] if not self.field else self.field


@dataclass(frozen=True, slots=True)
class Standing:
    """How one image stands: the higher `rank` is the better; `words` say it, `exact` where two say the
    same."""

    rank: float
    words: str
    exact: str = ""


_SUBJECTS = {
    Rule.PIXELS: "pixels",
    Rule.BYTES: "file size",
    Rule.FORMAT: "format",
    Rule.ORIGINAL: "edits",
    Rule.OLDEST: "date",
    Rule.NEWEST: "date",
    Rule.METADATA: "metadata",
    Rule.PATH: "path",
    Rule.NOT_PATH: "path",
    Rule.PATTERN: "path",
    Rule.NOT_PATTERN: "path",
    Rule.FIELD: "field",
}
_UNKNOWN = float("-inf")


def standing(criterion: Criterion, member: ImageRecord) -> Standing:
    """How an image stands. Raises KeyError for ORIGINAL, which only two images together can tell."""
    return _RANKS[criterion.rule](criterion, member)


def beats(criterion: Criterion, winner: Standing, loser: Standing) -> str:
    """ "4032×3024 beats 1600×1200", in the words that fit the rule and tell the two apart."""
    verb = _VERBS.get(criterion.rule, "beats")
    if winner.words == loser.words and winner.exact:
        return f"{winner.exact} {verb} {loser.exact}"
    return f"{winner.words} {verb} {loser.words}"


_VERBS = {
    Rule.FORMAT: "is preferred over",
    Rule.METADATA: "are more than",
    Rule.OLDEST: "is older than",
    Rule.NEWEST: "is newer than",
    Rule.PATH: "is preferred over",
    Rule.NOT_PATH: "is preferred over",
    Rule.PATTERN: "is preferred over",
    Rule.NOT_PATTERN: "is preferred over",
    Rule.FIELD: "is preferred over",
}


def values_of(fields: Fields, name: str) -> tuple[FieldValue, ...]:
    """All values of a field; empty where it has none."""
    value = fields.get(name, ())
    return value if isinstance(value, tuple) else (value,)


def value_text(value: FieldValue) -> str:
    """A value as a person writes it in a filter: true, 3, 2026-01-02."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


def _pixels(_c: Criterion, r: ImageRecord) -> Standing:
    if r.width is None or r.height is None:
        return Standing(_UNKNOWN, "unknown dimensions")
    return Standing(r.width * r.height, f"{r.width}×{r.height}")


def _bytes(_c: Criterion, r: ImageRecord) -> Standing:
    if r.bytes is None:
        return Standing(_UNKNOWN, "unknown size")
    return Standing(r.bytes, size(r.bytes), f"{r.bytes:,} bytes")


def _format(c: Criterion, r: ImageRecord) -> Standing:
    wanted, found = [_format_name(value) for value in c.values], _format_name(r.format)
    rank = -wanted.index(found) if found in wanted else -len(wanted)
    return Standing(rank, found or "unknown format")


def _format_name(name: str | None) -> str:
    """As the table of formats calls it, so that HEIF and jpg mean HEIC and JPEG."""
    known = format_of(name)
    return known.name if known else (name or "").upper()


def _date(c: Criterion, r: ImageRecord) -> datetime | None:
    if not c.field:
        return r.modified
    dates = [value for value in values_of(r.fields, c.field) if isinstance(value, datetime)]
    return min(dates, default=None)


def _age(c: Criterion, r: ImageRecord) -> Standing:
    when, sign = _date(c, r), -1 if c.rule is Rule.OLDEST else 1
    if when is None:
        return Standing(_UNKNOWN, "no date")
    return Standing(sign * when.timestamp(), f"{when:%Y-%m-%d %H:%M:%S}", f"{when:%Y-%m-%d %H:%M:%S.%f}")


def _metadata(c: Criterion, r: ImageRecord) -> Standing:
    names = c.values or tuple(name for name in r.fields if name != "damage")
    filled = sum(any(v != "" for v in values_of(r.fields, name)) for name in names)
    return Standing(filled, plural(filled, 'filled field'))


def _place(c: Criterion, r: ImageRecord) -> str | None:
    """The first of the criterion's places that the image lies in."""
    patterns = c.rule in (Rule.PATTERN, Rule.NOT_PATTERN)
    return place_fitting(r.location, c.values) if patterns else place_in(r.location, c.values)


def _path(c: Criterion, r: ImageRecord) -> Standing:
    found = _place(c, r)
    if found is None:
        return Standing(-len(c.values), "another place")
    return Standing(-c.values.index(found), f"a place in {found}")


def _not_path(c: Criterion, r: ImageRecord) -> Standing:
    found = _place(c, r)
    return Standing(1, "another place") if found is None else Standing(0, f"a place in {found}")


def _field(c: Criterion, r: ImageRecord) -> Standing:
    held = {value_text(value).lower() for value in values_of(r.fields, c.field)}
    for place, value in enumerate(c.values):
        if value.lower() in held:
            return Standing(-place, f"{c.field} {value}")
    other = ", ".join(sorted(held))
    return Standing(-len(c.values), f"{c.field} {other}" if other else f"no {c.field}")


_RANKS: dict[Rule, Callable[[Criterion, ImageRecord], Standing]] = {
    Rule.PIXELS: _pixels,
    Rule.BYTES: _bytes,
    Rule.FORMAT: _format,
    Rule.OLDEST: _age,
    Rule.NEWEST: _age,
    Rule.METADATA: _metadata,
    Rule.PATH: _path,
    Rule.NOT_PATH: _not_path,
    Rule.PATTERN: _path,
    Rule.NOT_PATTERN: _not_path,
    Rule.FIELD: _field,
}
