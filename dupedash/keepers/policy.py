"""A keeper policy: ordered criteria and what is never removed; its JSON; the presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from dupedash.errors import ConfigError
from dupedash.formats import PREFERRED
from dupedash.keepers.criteria import Criterion, Rule, value_text, values_of
from dupedash.keepers.places import place_fitting, place_in
from dupedash.model import ImageRecord


@dataclass(frozen=True, slots=True)
class ProtectedField:
    """Images with this value of this field are never removed (compared as text, ignoring case)."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Policy:
    """How keepers are chosen.

    criteria           asked in order until one image is left; a last tie goes to the first id
    protected_paths    folders and files of which nothing is ever removed, whatever characters they hold
    protected_fields   images with one of these values are never removed
    indirect           also remove images that match the keeper only through others (chains)
    protected_patterns the same as protected_paths by patterns (* and ?)
    decide_unsure      where nothing shows which of two is the edited one, let the other criteria decide all
                       the same; otherwise both stay
    """

    name: str
    criteria: tuple[Criterion, ...]
    protected_paths: tuple[str, ...] = ()
    protected_fields: tuple[ProtectedField, ...] = ()
    indirect: bool = False
    protected_patterns: tuple[str, ...] = ()
    decide_unsure: bool = False

    def protects(self, record: ImageRecord) -> str | None:
        """Why this image is never removed, or None."""
        if place := place_in(record.location, self.protected_paths):
            return f"it lies in the protected place {place}"
        if place := place_fitting(record.location, self.protected_patterns, classes=True):
            return f"it lies in a protected place that fits {place}"
        for guard in self.protected_fields:
            if guard.value.lower() in {value_text(v).lower() for v in values_of(record.fields, guard.field)}:
                return f"{guard.field} {guard.value} is protected"
        return None

    def to_json(self) -> dict[str, Any]:
        """For `json`; `of_json` reads it back equal."""
        return asdict(self)

    @staticmethod
    def of_json(data: Any) -> Policy:
        """Raises ConfigError, naming what is wrong.

        Without "protected_patterns" it is of the form in which paths were patterns, too: then it is read so
        that what either reading protects stays protected, and paths with * or ? are preferred as patterns.
        """
        if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
            raise ConfigError("A keeper policy is a JSON object with a name and a list of criteria.")
        unknown = set(data) - _SETTINGS
        if unknown:
            raise ConfigError(f"The keeper policy {data['name']!r} has unknown settings: {sorted(unknown)}.")
        criteria = tuple(_criterion(item) for item in _list(data, "criteria"))
        old, paths = _PATTERNS not in data, tuple(str(p) for p in _list(data, "protected_paths"))
        return Policy(
            name=data["name"],
            criteria=tuple(map(_as_before, criteria)) if old else criteria,
            protected_paths=paths,
            protected_patterns=paths if old else tuple(str(p) for p in _list(data, _PATTERNS)),
            protected_fields=tuple(_protected(item) for item in _list(data, "protected_fields")),
            indirect=bool(data.get("indirect", False)),
            decide_unsure=bool(data.get("decide_unsure", False)),
        )


_PATTERNS = "protected_patterns"
_SETTINGS = {setting.name for setting in fields(Policy)}
_BY_PATTERN = {Rule.PATH: Rule.PATTERN, Rule.NOT_PATH: Rule.NOT_PATTERN}


def _as_before(criterion: Criterion) -> Criterion:
    """What a criterion of the earlier form meant, where every path was a pattern."""
    meant = _BY_PATTERN.get(criterion.rule)
    wild = any(character in value for value in criterion.values for character in "*?")
    return replace(criterion, rule=meant) if meant and wild else criterion


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    value = data.get(name, [])
    if not isinstance(value, list | tuple):
        raise ConfigError(f"{name} of a keeper policy is a list, not {value!r}.")
    return list(value)


def _criterion(data: Any) -> Criterion:
    rules = {str(rule): rule for rule in Rule}
    if not isinstance(data, Mapping) or data.get("rule") not in rules:
        raise ConfigError(f"{data!r} is no criterion: its rule is one of {', '.join(rules)}.")
    values = tuple(str(v) for v in _list(data, "values"))
    return Criterion(rules[data["rule"]], str(data.get("field", "")), values)


def _protected(data: Any) -> ProtectedField:
    if not isinstance(data, Mapping) or not data.get("field") or "value" not in data:
        raise ConfigError(f"{data!r} protects nothing: it needs a field and a value.")
    return ProtectedField(str(data["field"]), str(data["value"]))


_FORMATS = Criterion(Rule.FORMAT, values=PREFERRED)

PRESETS: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy(
            "Best quality",
            (
                Criterion(Rule.ORIGINAL),
                Criterion(Rule.PIXELS),
                _FORMATS,
                Criterion(Rule.BYTES),
                Criterion(Rule.OLDEST),
            ),
        ),
        Policy(
            "Oldest original",
            (
                Criterion(Rule.ORIGINAL),
                Criterion(Rule.OLDEST),
                Criterion(Rule.PIXELS),
                Criterion(Rule.BYTES),
            ),
        ),
        Policy(
            "Approved first",
            (
                Criterion(Rule.FIELD, "status", ("approved", "verified", "published")),
                Criterion(Rule.FIELD, "verified", ("true",)),
                Criterion(Rule.ORIGINAL),
                Criterion(Rule.PIXELS),
                Criterion(Rule.BYTES),
            ),
        ),
        Policy(
            "Richest metadata",
            (
                Criterion(Rule.METADATA),
                Criterion(Rule.ORIGINAL),
                Criterion(Rule.PIXELS),
                Criterion(Rule.OLDEST),
            ),
        ),
    )
}
"""The policies that are there from the start, by name; the first is the default."""


def preset(name: str) -> Policy:
    """The preset of this name, ignoring case. Raises ConfigError."""
    for policy in PRESETS.values():
        if policy.name.lower() == name.lower():
            return policy
    raise ConfigError(f"There is no keeper policy {name!r}: use one of {', '.join(PRESETS)}, or a JSON file.")
