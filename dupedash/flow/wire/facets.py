"""What is asked about the values of fields: facets of a search, terms of the whole collection."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash.errors import ConfigError
from dupedash.flow.wire.parameters import Given, refused

MOST_NAMES = 100
"""Fields of which one request may count the values, or by which it may sort: more than a collection shows."""
_MOST = 1_000_000  # values that are counted and sent: more than a field has
_INCLUDE = frozenset({"lower", "upper", "edge", "outer"})
_OTHER = frozenset({"before", "after", "between"})


def names_of(given: Given, parameter: str) -> tuple[str, ...]:
    """The fields or queries that a parameter names, each once."""
    names = tuple(dict.fromkeys(given.all(parameter)))
    if len(names) > MOST_NAMES:
        raise refused(parameter, f"{len(names):,} fields", f"{MOST_NAMES} fields at most")
    return names


@dataclass(frozen=True, slots=True)
class ValuesRequest:
    """Values of one field with their counts, of those that fit all that is given.

    limit      so many after the first `offset`; below 0: all
    least      counted so often at least, and at most `most` times; below 0: any number
    low, high  the first and the last value in the order of the field, `closed` where they belong to it
    listed     of these only; empty: of all
    """

    field: str
    limit: int
    by_value: bool
    least: int
    prefix: str = ""
    offset: int = 0
    most: int = -1
    contains: str = ""
    ignore_case: bool = False
    without: frozenset[str] = frozenset()
    missing: bool = False
    low: str | None = None
    high: str | None = None
    low_closed: bool = True
    high_closed: bool = False
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """Counts of one field's values in ranges from `start` to `end`, each as wide as `gap` says.

    hard_end  the last range ends at `end`, though it is narrower then
    include   which ends belong to a range: lower, upper, edge, outer
    other     what is counted besides: before, after, between
    least     ranges with fewer are left out
    """

    field: str
    start: str
    end: str
    gap: str
    hard_end: bool
    include: frozenset[str]
    other: frozenset[str]
    least: int


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """All that shall be counted beside a search."""

    fields: tuple[ValuesRequest, ...]
    queries: tuple[str, ...]
    ranges: tuple[RangeRequest, ...]

    @classmethod
    def read(cls, given: Given) -> FacetRequest | None:
        """From the facet.* parameters; None where no facet is asked for. Raises ConfigError."""
        if not given.flag("facet"):
            return None
        return cls(
            tuple(_values(given, name) for name in names_of(given, "facet.field")),
            names_of(given, "facet.query"),
            tuple(_range(given, name) for name in names_of(given, "facet.range")),
        )


def _own(given: Given, field: str, name: str) -> str:
    """The parameter of the field alone (f.price.facet.limit) where it is given, else that of all."""
    own = f"f.{field}.{name}"
    return own if given.all(own) else name


def _values(given: Given, field: str) -> ValuesRequest:
    def own(name: str) -> str:
        return _own(given, field, f"facet.{name}")

    limit = given.whole(own("limit"), 100, -1, _MOST)
    return ValuesRequest(
        field,
        limit,
        by_value=_by_value(given, own("sort"), usual=limit <= 0),
        least=given.whole(own("mincount"), 0, 0, 2**31),
        prefix=given.text(own("prefix")) or "",
        offset=given.whole(own("offset"), 0, 0, 2**31),
        contains=given.text(own("contains")) or "",
        ignore_case=given.flag(own("contains.ignoreCase")),
        without=frozenset((given.text(own("excludeTerms")) or "").split(",")) - {""},
        missing=given.flag(own("missing")),
    )


def _by_value(given: Given, name: str, *, usual: bool) -> bool:
    order = given.text(name)
    if order is None:
        return usual
    if order not in ("count", "true", "index", "false"):
        raise refused(name, order, "count or index")
    return order in ("index", "false")


def _range(given: Given, field: str) -> RangeRequest:
    def own(name: str) -> str:
        return _own(given, field, f"facet.range.{name}")

    start, end, gap = (_needed(given, own(name)) for name in ("start", "end", "gap"))
    return RangeRequest(
        field,
        start,
        end,
        gap,
        given.flag(own("hardend")),
        _chosen(given, own("include"), _INCLUDE, "lower"),
        _chosen(given, own("other"), _OTHER, "none"),
        given.whole(_own(given, field, "facet.mincount"), 0, 0, 2**31),
    )


def _needed(given: Given, name: str) -> str:
    if (text := given.text(name)) is None:
        raise ConfigError(f"facet.range needs {name}.")
    return text.strip()


def _chosen(given: Given, name: str, known: frozenset[str], usual: str) -> frozenset[str]:
    """The choices of a parameter that may be given several times; all and none stand for what they say."""
    words = {word.strip().lower() for text in given.all(name) or [usual] for word in text.split(",")}
    if strange := sorted(words - known - {"all", "none"}):
        raise refused(name, strange[0], f"{', '.join(sorted(known))}, all or none")
    if "none" in words:
        return frozenset()
    return known if "all" in words else frozenset(words)


@dataclass(frozen=True, slots=True)
class TermsRequest:
    """Values of these fields in the whole index; `counted`: the number of documents, too."""

    fields: tuple[ValuesRequest, ...]
    counted: bool

    @classmethod
    def read(cls, given: Given) -> TermsRequest:
        """Raises ConfigError."""
        fields = tuple(_terms(given, name) for name in names_of(given, "terms.fl"))
        return cls(fields, given.flag("terms.stats"))


def _terms(given: Given, field: str) -> ValuesRequest:
    """With a list of terms nothing else counts, and they come in the order of the index [solr]."""
    if listed := given.text("terms.list"):
        return ValuesRequest(field, -1, by_value=True, least=1, listed=tuple(listed.split(",")))
    return ValuesRequest(
        field,
        given.whole("terms.limit", 10, -1, _MOST),
        by_value=_by_value(given, "terms.sort", usual=False),
        least=given.whole("terms.mincount", 1, 0, 2**31),
        most=given.whole("terms.maxcount", -1, -1, 2**31),
        prefix=given.text("terms.prefix") or "",
        low=given.text("terms.lower"),
        high=given.text("terms.upper"),
        low_closed=given.flag("terms.lower.incl", default=True),
        high_closed=given.flag("terms.upper.incl"),
    )
