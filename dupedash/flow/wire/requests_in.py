"""What the server is asked: parameters → our values. Every bad value is a ConfigError that names it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dupedash.errors import ConfigError
from dupedash.flow.wire.facets import MOST_NAMES
from dupedash.flow.wire.parameters import (
    EVERYTHING,
    MAX_ROWS,
    MODULE,
    MODULES,
    FieldList,
    FlowNames,
    Given,
    Paging,
    refused,
)
from dupedash.model import NEAR, ByAnalysis, ByData, ById, ByUrl, DuplicateQuery, QueryImage, Smartfilter
from dupedash.query.restate import Reading
from dupedash.query.syntax.dates import EPOCH
from dupedash.query.syntax.tree import Occur


@dataclass(frozen=True, slots=True)
class SelectRequest:
    """A search without a picture. `sort` is fields with whether they go down; `cursor` is a mark."""

    fq: tuple[str, ...]
    fields: FieldList
    paging: Paging
    sort: tuple[tuple[str, bool], ...]
    cursor: str | None

    @classmethod
    def read(cls, given: Given, most_rows: int) -> SelectRequest:
        """Raises ConfigError."""
        sort, cursor = _sort(given), given.text("cursorMark")
        paging = Paging.read(given, most_rows)
        if cursor and (paging.start or [name for name, _ in sort] != ["id"]):
            raise ConfigError("cursorMark needs sort=id asc or sort=id desc, and no start.")
        fields = FieldList.read(given, "*")
        return cls(filters(given), fields, paging, sort, cursor)


def filters(given: Given) -> tuple[str, ...]:
    """All filters. A missing `q` is everything, which dupe-scanner relies on; another `q` filters too."""
    return tuple(text for name in ("q", "fq") for text in given.all(name) if text.strip() != EVERYTHING)


def reading(given: Given, now: datetime) -> Reading:
    """How the filters of the request are to be read. Raises ConfigError."""
    moment = given.text("NOW")
    if moment is not None:
        try:
            now = EPOCH + timedelta(milliseconds=int(moment))
        except (ValueError, OverflowError):
            raise refused("NOW", moment, "milliseconds since 1970") from None
    operator = (given.text("q.op") or "OR").upper()
    if operator not in ("AND", "OR"):
        raise refused("q.op", operator, "AND or OR")
    default = Occur.MUST if operator == "AND" else Occur.SHOULD
    return Reading(now, _zone(given.text("TZ") or "UTC"), default, given.text("df") or "")


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such file, no name of one, a folder
        raise refused("TZ", name, "the name of a time zone, such as Europe/Berlin") from None


def _sort(given: Given) -> tuple[tuple[str, bool], ...]:
    clauses = [c.split() for c in (given.text("sort") or "score desc").split(",", MOST_NAMES)]
    for clause in clauses:
        if len(clause) != 2 or clause[1].lower() not in ("asc", "desc"):
            raise refused("sort", " ".join(clause), "a field and asc or desc, separated by commas")
    return tuple((name, way.lower() == "desc") for name, way in clauses)


@dataclass(frozen=True, slots=True)
class DuplicateRequest:
    """A duplicate search. `how.rows` is how many hits are needed to answer."""

    image: QueryImage
    how: DuplicateQuery
    fields: FieldList
    paging: Paging

    @classmethod
    def read(cls, given: Given, names: FlowNames, most_rows: int) -> DuplicateRequest:
        """Raises ConfigError."""
        paging = Paging.read(given, most_rows)
        how = DuplicateQuery(
            threshold=given.fraction("rank.threshold", "rank.treshold", default=NEAR),  # [doc] has both
            rows=max(paging.start + paging.rows, MAX_ROWS),  # fewer would make numFound a guess
            approximate=given.flag("rank.approximate"),
            smartfilter=_smartfilter(given.text("rank.smartfilter") or "off"),
            fq=filters(given),
            explain=False,  # Flow's answers have no place for it
        )
        _only_duplicates(given)
        return cls(_image(given, names), how, FieldList.read(given, "*,score"), paging)


def ranked(given: Given) -> bool:
    """Whether a /select is really a search by picture. Raises ConfigError where it does not say which."""
    if given.text("rank.mode") is not None:
        return True
    if ranking := next((name for name in given.names() if name.startswith("rank.")), None):
        raise ConfigError(f"{ranking} needs rank.mode={MODULE} here; /{MODULE} has it by itself.")
    return False


def _only_duplicates(given: Given) -> None:
    if (mode := given.text("rank.mode")) not in (None, MODULE):
        raise refused("rank.mode", str(mode), f"{MODULE}: this server compares nothing else")


def _smartfilter(text: str) -> Smartfilter:
    try:
        return Smartfilter(text.strip().lower())
    except ValueError:
        raise refused("rank.smartfilter", text, ", ".join(Smartfilter)) from None


def _image(given: Given, names: FlowNames) -> QueryImage:
    if (image_id := given.text("rank.by.id")) is not None:
        return ById(image_id)
    if (analysis := given.text(names.by_preprocessed)) is not None:
        return ByAnalysis(_analysis(names.by_preprocessed, analysis))
    if image := _sent(given, names.by_url, names.by_data):
        return image
    accepted = f"rank.by.id, {names.by_url}, {names.by_data} or {names.by_preprocessed}"
    raise ConfigError(f"A duplicate search needs a query image: {accepted}.")


def _analysis(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise refused(name, text, "the JSON that /analyze gave as outputs") from None


def _sent(given: Given, by_url: str, by_data: str) -> ByUrl | ByData | None:
    if (url := given.text(by_url)) is not None:
        return ByUrl(url.strip())
    if (data := given.text(by_data)) is not None:
        return ByData(_decoded(by_data, data))
    return None


def analyzed(given: Given, names: FlowNames) -> ByUrl | ByData:
    """The picture that /analyze is given. Raises ConfigError."""
    modules = {m.strip() for m in (given.text("modules.apply") or MODULE).split(",")}
    if not modules <= MODULES:
        raise refused("modules.apply", ", ".join(sorted(modules)), ", ".join(sorted(MODULES)))
    if MODULE not in modules:
        raise ConfigError(f"modules.apply without {MODULE}: this server has no other module.")
    image = _sent(given, names.input_url, names.input_data)
    if image is None:
        raise ConfigError(f"/analyze needs a picture: {names.input_url} or {names.input_data}.")
    return image


def _decoded(name: str, text: str) -> bytes:
    """The bytes of a data URI or of bare base64, whatever type the URI claims [scanner]."""
    if text.lstrip()[:5].lower() == "data:":
        text = text.partition(",")[2]
    # A '+' that a client forgot to encode arrives as a blank.
    body = re.sub(r"[\r\n\t]", "", text).replace(" ", "+").rstrip("=")
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"+/", validate=True)
    except (binascii.Error, ValueError):
        raise refused(name, text, "a data URI or the base64 of an image file") from None
    if not data:
        raise refused(name, text, "an image file that is not empty")
    return data


def mark_after(image_id: str) -> str:
    """The cursor mark after an id. dupe-scanner sends it back unencoded, so it must be safe in a URL."""
    return base64.urlsafe_b64encode(image_id.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def marked(mark: str) -> str:
    """The id that a mark stands for. Raises ConfigError."""
    try:
        data = base64.b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True)
        return data.decode("utf-8", "surrogatepass")
    except (binascii.Error, ValueError):
        raise refused("cursorMark", mark, "* or the nextCursorMark of the answer before") from None
