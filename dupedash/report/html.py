"""A stored scan at a threshold → the graph, or the whole report, as one HTML file.

Every name, field and message in it is hostile: the templates escape all, data goes in as escaped JSON, and a
content security policy in the file forbids every request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dupedash.groups.graph import Cut, Group, Link
from dupedash.groups.table import gains
from dupedash.images.encode import inline
from dupedash.model import ONE_MOMENT, Explanation, ImageRecord
from dupedash.network import assets, build
from dupedash.network.build import SCALE
from dupedash.scans import StoredScan
from dupedash.wording import size

Thumbnail = Callable[[str], bytes | None]
"""An image's id → its small WebP, None where there is none."""

MAX_THUMBNAILS = 3000  # about 10 MB; measured: 3,000 pictures of 3 KB open in 7 seconds
PAIRS_PER_GROUP = 60  # the best; nobody reads more of one group
_AT_ONCE = 8  # thumbnails: those of a Flow server are fetched from elsewhere, as many as its client asks for


@dataclass(frozen=True, slots=True)
class ReportImage:
    """An image of a group as the report shows it."""

    id: str
    name: str
    where: str
    facts: str
    picture: str | None


@dataclass(frozen=True, slots=True)
class ReportPair:
    """A match as the report shows it."""

    a: str
    b: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A group as the report shows it; `more` pairs are not listed."""

    number: int
    group: Group
    members: tuple[ReportImage, ...]
    pairs: tuple[ReportPair, ...]
    more: int


def graph_html(
    scan: StoredScan, cut: Cut, thumbnail: Thumbnail, *, max_thumbnails: int = MAX_THUMBNAILS
) -> str:
    """The interactive graph of all groups, pictures inside. Beyond `max_thumbnails` images it shows dots."""
    records = _records(scan, cut)
    pictures = _pictures(cut, thumbnail, max_thumbnails)
    network = build(cut, range(len(cut)), records, pictures.get)
    return _render(
        "graph.html",
        scan=scan,
        cut=cut,
        network=network,
        pictures=len(pictures),
        summary=_summary(scan, cut, records),
    )


def report_html(
    scan: StoredScan, cut: Cut, thumbnail: Thumbnail, *, max_thumbnails: int = MAX_THUMBNAILS
) -> str:
    """Summary, settings, coverage, graph and every group with its pictures, scores and reasons."""
    records = _records(scan, cut)
    pictures = _pictures(cut, thumbnail, max_thumbnails)
    groups = [cut.group(number) for number in range(len(cut))]
    shown = {(link.a, link.b) for group in groups for link in group.links[:PAIRS_PER_GROUP]}
    why = scan.explanations(shown)
    return _render(
        "report.html",
        scan=scan,
        cut=cut,
        # The pictures stand once in the file: the graph takes them from the groups below it.
        network=build(cut, range(len(cut)), records, lambda i: "#" if i in pictures else None),
        chapters=[_chapter(n, group, records, pictures, why) for n, group in enumerate(groups, 1)],
        pictures=len(pictures),
        summary=_summary(scan, cut, records),
        settings=_settings(scan, cut),
        coverage=scan.coverage,
        reached=_reached(scan),
    )


def _records(scan: StoredScan, cut: Cut) -> dict[str, ImageRecord]:
    ids = [i for number in range(len(cut)) for i in cut.members(number)]
    return dict(zip(ids, scan.records(ids), strict=True))


def _pictures(cut: Cut, thumbnail: Thumbnail, most: int) -> dict[str, str]:
    """Data URIs of the thumbnails, group after group, of whole groups only and of `most` images at most."""
    first = takewhile(lambda images: images <= most, np.cumsum(cut.sizes))
    members = [member for number, _ in enumerate(first) for member in cut.members(number)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = zip(members, pool.map(thumbnail, members), strict=True)
        return {member: inline(data) for member, data in found if data}


def _chapter(
    number: int,
    group: Group,
    records: Mapping[str, ImageRecord],
    pictures: Mapping[str, str],
    why: Mapping[tuple[str, str], Explanation],
) -> Chapter:
    members = tuple(
        ReportImage(i, records[i].filename, records[i].location, _facts(records[i]), pictures.get(i))
        for i in group.members
    )
    pairs = tuple(
        ReportPair(records[k.a].filename, records[k.b].filename, k.score, _words(k, why.get((k.a, k.b))))
        for k in group.links[:PAIRS_PER_GROUP]
    )
    return Chapter(number, group, members, pairs, len(group.links) - len(pairs))


def _words(link: Link, explanation: Explanation | None) -> str:
    """What the two are to each other, and of copies what changed."""
    told = explanation.words() if explanation and link.kind not in ONE_MOMENT else ""
    return ": ".join(filter(None, (link.kind, "" if told == link.kind else told)))


def _facts(record: ImageRecord) -> str:
    pixels = f"{record.width} × {record.height}" if record.width and record.height else ""
    weight = "" if record.bytes is None else size(record.bytes)
    return " · ".join(part for part in (pixels, record.format or "", weight) if part)


def _summary(scan: StoredScan, cut: Cut, records: Mapping[str, ImageRecord]) -> Sequence[tuple[str, str]]:
    sizes = [records[i].bytes or 0 if i in records else 0 for i in cut.graph.matches.ids]
    gain = int(gains(cut, np.array(sizes, np.int64)).sum())
    return (
        ("images scanned", f"{scan.stats.images:,}"),
        ("groups", f"{len(cut):,}"),
        ("images in groups", f"{cut.images:,}"),
        ("could go", f"{cut.surplus:,}"),
        ("to gain", size(gain) if gain else "–"),
    )


def _settings(scan: StoredScan, cut: Cut) -> Sequence[tuple[str, str]]:
    return [
        ("Collection", f"{scan.collection} ({scan.engine})"),
        ("Scan", f"{scan.name} · {scan.started:%Y-%m-%d %H:%M} UTC · {scan.stats.seconds:.0f} s"),
        ("Mode", f"{scan.config.mode}: {scan.effort.words()}"),
        ("Threshold", f"{cut.threshold:.2f} (scanned down to {scan.config.floor:.2f})"),
        ("Scanned", "; ".join(scan.config.fq) or "all images"),
        ("Compared with", "; ".join(scan.config.against) or "the scanned images themselves"),
        *([("Left out", f"matches only {' or '.join(scan.config.without)}")] if scan.config.without else []),
        ("Made by", f"dupedash {scan.version}, report of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
    ]


def _reached(scan: StoredScan) -> str:
    if scan.complete and not scan.coverage:
        return "Every image of the scan was compared."
    if scan.complete:
        return "Not everything could be compared as a picture:"
    return f"This scan is not complete ({scan.status}): {scan.message or 'it can go on where it stopped'}."


def _render(template: str, **values: object) -> str:
    network = values["network"]
    return (
        _environment()
        .get_template(template)
        .render(
            **values,
            scale=", ".join(SCALE.values()),
            nodes_and_edges=Markup(_safe_json(network.to_json())),  # type: ignore[attr-defined]
            vis=Markup(assets.vis_script().replace("</script", "<\\/script")),
            vis_css=Markup(assets.vis_style()),
            draw=Markup(assets.draw_script()),
            draw_css=Markup(assets.draw_style()),
        )
    )


def _safe_json(text: str) -> str:
    """JSON that cannot leave its script element or end a line in JavaScript."""
    for character, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, escape)
    return text


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("dupedash.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
