"""A stored scan as JSON and CSV, for other programs and spreadsheets; HTML is made by `report`.

Paths are written so that they can be opened, also those that are no UTF-8: in JSON each such byte is a lone
surrogate (\\udce9 for E9, as Python's `surrogateescape` has it), in CSV it is that very byte.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dupedash.groups.graph import Cut, Matches
from dupedash.images import path_of
from dupedash.model import NEAR, PairKind
from dupedash.scans import StoredScan

GROUP_COLUMNS = ("group", "path", "id", "width", "height", "bytes", "format", "weakest", "kind")
PAIR_COLUMNS = ("path_a", "path_b", "score", "kinds")
_TOKENS = [kind.token for kind in PairKind]
_MARK = "\ufffd"
"""Marks the bytes of a location that are no UTF-8; see `images.files.printable`."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def groups_json(scan: StoredScan, cut: Cut) -> str:
    """{"group-1": ["path", …], …} as dupe-scanner writes it; the largest group first."""
    places = _locations(scan)
    groups = {f"group-{n + 1}": sorted(places[i] for i in cut.members(n)) for n in range(len(cut))}
    return json_text(groups, indent=2)


def groups_csv(scan: StoredScan, cut: Cut) -> str:
    """A row an image with its group. `weakest`: the lowest score of its matches; `kind`: what it is."""
    rows = {str(row.id): row for row in scan.images().itertuples(index=False)}
    return csv_text(GROUP_COLUMNS, _members(cut, rows))


def pairs_csv(scan: StoredScan, kinds: Collection[PairKind] = tuple(PairKind)) -> str:
    """Every match at or above the floor, the best first, and those that show one moment; `kinds`: only these.

    The column `kinds` begins with the `PairKind.token` of what shows one moment (burst, raw-jpeg, live); then
    come the `ChangeKind.token`s of what changed, with semicolons. Below NEAR nothing else is told of a pair:
    it is no duplicate. The line of one of which nothing is told ends after its score.
    """
    places, m = _locations(scan), scan.pairs().only(kinds)
    told, order = _told(scan, m), _best_first(m)
    return csv_text(PAIR_COLUMNS, (_pair(places, m, told[row], row) for row in order))


def _told(scan: StoredScan, m: Matches) -> list[str]:
    """The column `kinds` of each match."""
    edits, moment = scan.edits(m), m.of_moment.tolist()
    changes = [";".join(kind.token for kind in edit.kinds) if edit else "" for edit in edits.kinds]
    near = (m.score >= np.float32(NEAR)).tolist()
    own = [""] * len(m) if m.kind is None else [_TOKENS[kind] for kind in m.kind.tolist()]
    return [
        ";".join(filter(None, (token if one else "", changes[which] if high else "")))
        for token, one, high, which in zip(own, moment, near, edits.which.tolist(), strict=True)
    ]


def _best_first(matches: Matches) -> list[int]:
    rows: list[int] = (-matches.score).argsort(kind="stable").tolist()
    return rows


def _pair(places: Mapping[str, str], m: Matches, told: str, row: int) -> Sequence[str]:
    score = float(m.score[row])
    known = (places[m.ids[m.a[row]]], places[m.ids[m.b[row]]], _score(score))
    # Scores are kept in single precision.
    return (*known, told) if told or score >= NEAR - 1e-6 else known


def _members(cut: Cut, images: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    for number in range(len(cut)):
        members = [images[image_id] for image_id in cut.members(number)]
        yield from (_row(cut, number, m) for m in sorted(members, key=lambda m: str(m.location)))


def _row(cut: Cut, number: int, image: Any) -> Sequence[object]:
    known = (_blank(getattr(image, name)) for name in ("width", "height", "bytes", "format"))
    weakest, kind = _score(float(cut.weakest[number])), cut.kind(number).token
    return (f"group-{number + 1}", image.location, image.id, *known, weakest, kind)


def _locations(scan: StoredScan) -> dict[str, str]:
    images = scan.images()
    return dict(zip(images["id"].tolist(), images["location"].tolist(), strict=True))


def _blank(value: object) -> object:
    """What is not known is an empty cell; whole numbers stay whole."""
    if isinstance(value, float):
        return "" if value != value else int(value)
    return value if isinstance(value, int | str) else ""


def _score(score: float) -> str:
    return f"{score:.6f}"


def as_path(text: str) -> str:
    """The path of a file, its bytes that are no UTF-8 as `surrogateescape` has them; other text as it is."""
    if _MARK not in text or not text.startswith("/"):
        return text
    return os.fsencode(path_of(text)).decode("utf-8", "surrogateescape")


def with_paths(document: Any) -> Any:
    """A JSON document in which every path can be opened."""
    match document:
        case str():
            return as_path(document)
        case dict():
            return {key: with_paths(value) for key, value in document.items()}
        case list() | tuple():
            return [with_paths(item) for item in document]
    return document


def json_text(document: Any, indent: int) -> str:
    """JSON that is UTF-8, whatever is in it."""
    text = json.dumps(with_paths(document), indent=indent, ensure_ascii=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file in which no cell is a formula."""
    return "".join(map(_line, [header, *([_safe(cell) for cell in row] for row in rows)]))


def _line(cells: Sequence[object]) -> str:
    """One line. A carriage return in a name is put in quotation marks only by a writer whose lines end so."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def _safe(cell: object) -> object:
    """No cell is taken for a formula by a spreadsheet. Absolute paths and URLs never begin so."""
    if not isinstance(cell, str):
        return cell
    return f"'{cell}" if cell.startswith(_FORMULA) else as_path(cell)
