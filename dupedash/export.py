"""A stored scan as JSON and CSV, for other programs and spreadsheets; HTML is made by `report`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dupedash.graph import Cut
from dupedash.scans import StoredScan

GROUP_COLUMNS = ("group", "path", "id", "width", "height", "bytes", "format", "weakest")
PAIR_COLUMNS = ("path_a", "path_b", "score")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def groups_json(scan: StoredScan, cut: Cut) -> str:
    """{"group-1": ["path", …], …} as dupe-scanner writes it; the largest group first."""
    places = _locations(scan)
    groups = {f"group-{n + 1}": sorted(places[i] for i in cut.members(n)) for n in range(len(cut))}
    return json.dumps(groups, indent=2, ensure_ascii=False)


def groups_csv(scan: StoredScan, cut: Cut) -> str:
    """A row an image with its group. `weakest`: the lowest score that holds the group together."""
    rows = {str(row.id): row for row in scan.images().itertuples(index=False)}
    return csv_text(GROUP_COLUMNS, _members(cut, rows))


def pairs_csv(scan: StoredScan) -> str:
    """Every match at or above the floor, the best first."""
    places, m = _locations(scan), scan.matches()
    best = (-m.score).argsort(kind="stable")
    rows = zip(m.a[best].tolist(), m.b[best].tolist(), m.score[best].tolist(), strict=True)
    pairs = ((places[m.ids[a]], places[m.ids[b]], _score(score)) for a, b, score in rows)
    return csv_text(PAIR_COLUMNS, pairs)


def _members(cut: Cut, images: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    for number in range(len(cut)):
        members = [images[image_id] for image_id in cut.members(number)]
        yield from (_row(cut, number, m) for m in sorted(members, key=lambda m: str(m.location)))


def _row(cut: Cut, number: int, image: Any) -> Sequence[object]:
    known = (_blank(getattr(image, name)) for name in ("width", "height", "bytes", "format"))
    return (f"group-{number + 1}", image.location, image.id, *known, _score(float(cut.weakest[number])))


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


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: object) -> object:
    """No cell is taken for a formula by a spreadsheet. Absolute paths and URLs never begin so."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
