"""Names and values of parameters, and how one request's are read."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl

from dupedash.errors import ConfigError

Pairs = list[tuple[str, str]]
"""Parameters in order; a name may occur more than once (fq)."""

EVERYTHING = "*:*"
START_MARK = "*"
MAX_ROWS = 1000
"""The documented maximum of `rows` [doc]."""
MODULE = "duplicate"
MODULES = frozenset({"color", "content", "copyspace", MODULE})

TRUE = frozenset({"true", "on", "yes", "1", "t"})
FALSE = frozenset({"false", "off", "no", "0", "f"})
_MAX_PARAMETERS = 5000  # more than filters may hold values, and few enough to be read in no time
_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FlowNames:
    """Parameter names that no page that could be read confirms [guess]; a user may set the right ones."""

    by_url: str = "rank.by.url"
    by_data: str = "rank.by.data"
    by_preprocessed: str = "rank.by.preprocessed"
    input_url: str = "input.url"
    input_data: str = "input.data"


def flow_names(changes: Iterable[str]) -> FlowNames:
    """From `name=name on the server`, each one of ours on the left. Raises ConfigError."""
    known = {str(each.default): each.name for each in fields(FlowNames)}
    names = FlowNames()
    for change in changes:
        ours, equals, theirs = (part.strip() for part in change.partition("="))
        if ours not in known or not equals or not _NAME.fullmatch(theirs):
            raise ConfigError(f"{change[:80]!r} is not NAME=NAME with one of {', '.join(known)} on the left.")
        names = replace(names, **{known[ours]: theirs})
    return names


def changed_names(names: FlowNames) -> list[str]:
    """What `flow_names` makes these of."""
    given = {str(each.default): getattr(names, each.name) for each in fields(names)}
    return [f"{ours}={theirs}" for ours, theirs in given.items() if ours != theirs]


class Given:
    """The parameters of one request. Names that nobody asks for are ignored, as Solr does."""

    def __init__(self, *texts: str) -> None:
        """`texts` are query strings and form bodies. Raises ConfigError for too many parameters."""
        self._values: dict[str, list[str]] = {}
        for text in texts:
            for name, value in _pairs(text):
                self._values.setdefault(name, []).append(value)

    def names(self) -> Iterable[str]:
        """Every name that was given."""
        return self._values.keys()

    def all(self, name: str) -> list[str]:
        """Every value that is not blank."""
        return [value for value in self._values.get(name, ()) if value.strip()]

    def text(self, *names: str) -> str | None:
        """The first value of the first of these names that has one."""
        return next((value for name in names for value in self.all(name)), None)

    def flag(self, name: str, default: bool = False) -> bool:
        """Yes or no, however it is capitalised: dupe-scanner sends True and False."""
        given = self.text(name)
        if given is None:
            return default
        if (word := given.strip().lower()) in TRUE | FALSE:
            return word in TRUE
        raise refused(name, given, "true or false")

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number within bounds."""
        given = self.text(name)
        if given is None:
            return default
        if re.fullmatch(r"[+-]?\d{1,12}", given.strip(), re.ASCII) and low <= int(given) <= high:
            return int(given)
        raise refused(name, given, f"a whole number from {low} to {high}")

    def fraction(self, *names: str, default: float) -> float:
        """A number from 0 to 1."""
        given = self.text(*names)
        if given is None:
            return default
        try:
            if 0 <= (value := float(given)) <= 1:
                return value
        except ValueError:
            pass
        raise refused(names[0], given, "a number from 0 to 1")


def _pairs(text: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError as error:
        raise ConfigError(f"The request has more than {_MAX_PARAMETERS} parameters.") from error


def refused(name: str, value: str, accepted: str) -> ConfigError:
    """The error for a parameter's value that is not accepted."""
    shown = value if len(value) <= 80 else value[:79] + "…"
    return ConfigError(f"{name}={shown!r} is not accepted: use {accepted}.")


@dataclass(frozen=True, slots=True)
class FieldList:
    """Which fields are sent. `score` is no field of a document and must be asked for by name."""

    patterns: tuple[str, ...]
    score: bool

    @classmethod
    def read(cls, given: Given, default: str) -> FieldList:
        """From `fl`: names and globs, separated by commas or blanks, also given more than once."""
        words = [w for text in given.all("fl") or [default] for w in re.split(r"[,\s]+", text) if w]
        if bad := next((w for w in words if not re.fullmatch(r"[\w.*?-]{1,200}", w)), None):
            raise refused("fl", bad, "names of fields, globs with * and ?, and score")
        names = tuple(w for w in words if w != "score")
        return cls(names or ("*",), "score" in words)

    @property
    def only_id(self) -> bool:
        """No field but the id is wanted, so that nothing else has to be looked up."""
        return set(self.patterns) == {"id"}

    def pick(self, document: Mapping[str, Any], score: float) -> dict[str, Any]:
        """The wanted part of a document."""
        wanted = {name for pattern in self.patterns for name in fnmatch.filter(document, pattern)}
        picked = {name: value for name, value in document.items() if name in wanted}
        return {**picked, "score": score} if self.score else picked


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of the result is sent."""

    start: int
    rows: int

    @classmethod
    def read(cls, given: Given, most: int) -> Paging:
        """From `start` and `rows`, of which at most `most` are sent."""
        return cls(given.whole("start", 0, 0, 2**31), given.whole("rows", 10, 0, most))
