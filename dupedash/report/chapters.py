"""What a report says of each group: its images, which of them stays and why, what was decided, its pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dupedash.actions import GroupToClear, groups_of_cut
from dupedash.groups.graph import Cut, Group, Link
from dupedash.keepers import PRESETS, Choice
from dupedash.model import ONE_MOMENT, Explanation, ImageRecord
from dupedash.review import Decisions, standing
from dupedash.review.decisions import image_key
from dupedash.scans import StoredScan
from dupedash.wording import plural, size

PAIRS_PER_GROUP = 60  # the best; nobody reads more of one group
CHOSEN_UP_TO = 400  # images of a group of which it is worked out what stays: more take seconds


@dataclass(frozen=True, slots=True)
class ReportImage:
    """An image of a group. `role`: "stays", "may go", "not sure" where nothing tells; "" where not asked."""

    id: str
    name: str
    where: str
    facts: str
    role: str


@dataclass(frozen=True, slots=True)
class ReportPair:
    """A match."""

    a: str
    b: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A group. `keeper`: what stays and why, `decision`: what people said, both in words; `more` pairs are
    not listed."""

    number: int
    group: Group
    keeper: str
    decision: str
    members: tuple[ReportImage, ...]
    pairs: tuple[ReportPair, ...]
    more: int


def chapters(
    scan: StoredScan, cut: Cut, records: Mapping[str, ImageRecord], decisions: Decisions
) -> list[Chapter]:
    """One a group, in the order of the cut. `records`: of all members. Raises ScanError."""
    groups = [cut.group(number) for number in range(len(cut))]
    shown = {(link.a, link.b) for group in groups for link in group.links[:PAIRS_PER_GROUP]}
    why = scan.explanations(shown)
    small = [number for number in range(len(cut)) if cut.sizes[number] <= CHOSEN_UP_TO]
    edits = scan.edits(cut.graph.matches)
    known = groups_of_cut(cut, small, records, scan.collection, decisions, edits)
    asked = dict(zip(small, known, strict=True))
    return [
        _chapter(number, group, records, why, asked.get(number), _decision(scan, group, records, decisions))
        for number, group in enumerate(groups)
    ]


def _chapter(
    number: int,
    group: Group,
    records: Mapping[str, ImageRecord],
    why: Mapping[tuple[str, str], Explanation],
    asked: GroupToClear | None,
    decision: str,
) -> Chapter:
    choice = asked.choose(next(iter(PRESETS.values()))) if asked else None
    members = tuple(
        ReportImage(i, records[i].filename, records[i].location, _facts(records[i]), _role(i, choice))
        for i in _ordered(group.members, choice)
    )
    pairs = tuple(
        ReportPair(records[k.a].filename, records[k.b].filename, k.score, _words(k, why.get((k.a, k.b))))
        for k in group.links[:PAIRS_PER_GROUP]
    )
    more = len(group.links) - len(pairs)
    return Chapter(number + 1, group, _keeper(choice, records), decision, members, pairs, more)


def _ordered(members: Sequence[str], choice: Choice | None) -> list[str]:
    """What stays comes first."""
    roles = ("stays", "not sure", "may go", "")
    keeper = choice.keeper if choice else ""
    return sorted(members, key=lambda i: (i != keeper, roles.index(_role(i, choice))))


def _role(image_id: str, choice: Choice | None) -> str:
    if choice is None:
        return ""
    if choice.sure and image_id == choice.keeper:
        return "stays"
    if not choice.sure or image_id in choice.unsure:
        return "not sure"
    return "may go" if image_id in {removal.id for removal in choice.removed} else "stays"


def _keeper(choice: Choice | None, records: Mapping[str, ImageRecord]) -> str:
    if choice is None:
        return "too large to say what stays"
    if not choice.sure:
        return "not sure: nothing tells which of them is the original"
    return f"{records[choice.keeper].filename}: {choice.why}"


def _decision(
    scan: StoredScan, group: Group, records: Mapping[str, ImageRecord], decisions: Decisions
) -> str:
    keys = [image_key(records[i], scan.collection) for i in group.members]
    decided = decisions.of(keys)
    if decided is not None and standing(keys, decisions):
        note = f": {decided.note}" if decided.note else ""
        return f"decided: {decided.verdict} ({decided.who}){note}"
    return f"decided {told}" if (told := standing(keys, decisions)) else "nobody has decided yet"


def _words(link: Link, explanation: Explanation | None) -> str:
    """What the two are to each other, and of copies what changed."""
    told = explanation.words() if explanation and link.kind not in ONE_MOMENT else ""
    return ": ".join(filter(None, (link.kind, "" if told == link.kind else told)))


def _facts(record: ImageRecord) -> str:
    pixels = f"{record.width} × {record.height}" if record.width and record.height else ""
    weight = "" if record.bytes is None else size(record.bytes)
    return " · ".join(part for part in (pixels, record.format or "", weight, _more(record)) if part)


def _more(record: ImageRecord) -> str:
    """How many frames, pages or views there are beside the one that is shown."""
    count = record.fields.get("frame_count")
    if not isinstance(count, int) or count < 2:
        return ""
    return f"and {plural(count - 1, 'more page' if record.format == 'TIFF' else 'more frame')}"
