"""The commands that clear: plan, apply, undo."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from dupedash.actions import (
    KEEPS,
    FactChange,
    FolderSides,
    Head,
    Journal,
    MergeRule,
    Outcome,
    Partners,
    Plan,
    Step,
    StepKind,
    Wish,
    applied_journal,
    apply_plan,
    draw_plan,
    empty_quarantine,
    find_journal,
    groups_to_clear,
    journals,
    undo_plan,
    unusable,
    waiting_journal,
)
from dupedash.check import take_back
from dupedash.cli.collection import printable
from dupedash.cli.shared.context import Context, interruptible, pass_context
from dupedash.cli.shared.found import scan_of, shelf_of, typed_folder
from dupedash.cli.shared.kinds import kind_option
from dupedash.cli.shared.progress import ProgressLine
from dupedash.cli.shared.write import write
from dupedash.collection import Collection, WritableCollection
from dupedash.errors import ActionError, ConfigError
from dupedash.groups.graph import Strictness
from dupedash.images.files import printable as printable_path
from dupedash.images.metadata.facts import Fact
from dupedash.keepers import PRESETS, Policy, preset
from dupedash.model import NEAR, Failure, PairKind
from dupedash.query.syntax.literals import write_value
from dupedash.review import decisions_of
from dupedash.scans import ScanStatus, StoredScan
from dupedash.scans.export import json_text
from dupedash.system.paths import slashed
from dupedash.wording import plural, size

LISTED = 20  # groups: what fits on a screen
UNSURE_GROUPS = LEAVE, DECIDE = "leave", "decide"
ACTIONS = [str(kind) for kind in StepKind if kind not in KEEPS]


@click.command()
@click.option("--scan", "scan_id", metavar="ID", help="The scan.  [default: the newest of the collection]")
@click.option("--threshold", type=click.FloatRange(0, 1), default=NEAR, show_default=True)
@click.option("--strict", is_flag=True, help="Only groups in which every image matches every other.")
@click.option("--policy", default=next(iter(PRESETS)), show_default=True, metavar="NAME|FILE",
              help=f"How the image that stays is chosen: {', '.join(PRESETS)}, or a JSON file.")  # fmt: skip
@click.option("--action", type=click.Choice(ACTIONS), default="quarantine", show_default=True)
@click.option("--merge", is_flag=True, help="Also merge the others' fields into the image that stays.")
@click.option("--metadata", is_flag=True,
              help="Also write what only the files that go tell (title, caption, keywords, rating, date "
                   "taken, place, creator) into an XMP sidecar of the image that stays.")  # fmt: skip
@click.option("--into-file", is_flag=True,
              help="With --metadata: into the image's own file, where it is a JPEG, PNG or WebP without a "
                   "sidecar. No pixel changes, and its date stays; undo brings back every byte.")  # fmt: skip
@click.option("--metadata-rule", "fact_rules", multiple=True, metavar="FACT=RULE",
              help="How a fact of several files becomes one: fill (where it is missing), union, lowest, "
                   "highest, keep: rating=highest.  [default: keywords=union, else fill]")  # fmt: skip
@click.option("--best-pixels", is_flag=True,
              help="The image with the best pixels takes the place and name of the one that the policy "
                   "would keep, which goes.")  # fmt: skip
@click.option("--with-raw", is_flag=True,
              help="Raw file and JPEG of one shot go together; else the one that is no duplicate stays.")
@click.option("--unsure", type=click.Choice(UNSURE_GROUPS), default=LEAVE, show_default=True,
              help="Where nothing shows which image is the edited one: leave the images, or let the policy's "
                   "other rules (most pixels, format, largest file …) decide.")  # fmt: skip
@click.option("--group", "groups", multiple=True, metavar="ID|PATH", help="Only the groups of these images.")
@click.option("--folder", metavar="FOLDER", help="Only images in this folder or below it go.")
@click.option("--kept-in", metavar="FOLDER", default="",
              help="With --folder: they go only where an image in this one stays for them.  [default: any "
                   "other place]")  # fmt: skip
@click.option("--keep", multiple=True, metavar="ID|PATH", help="Images that stay, whatever the policy says.")
@kind_option("Clear pairs")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
              help="Write the whole plan; - for stdout.")  # fmt: skip
@pass_context
def plan(
    context: Context,
    scan_id: str | None,
    threshold: float,
    strict: bool,
    policy: str,
    action: str,
    merge: bool,
    metadata: bool,
    into_file: bool,
    fact_rules: tuple[str, ...],
    best_pixels: bool,
    with_raw: bool,
    unsure: str,
    groups: tuple[str, ...],
    folder: str | None,
    kept_in: str,
    keep: tuple[str, ...],
    kinds: tuple[PairKind, ...],
    json_file: Path | None,
) -> None:
    """Say what would be done with the duplicates of a scan, and keep that as a plan. Nothing is touched."""
    context.settings.must_write()
    rules = read_policy(policy)
    facts = read_fact_rules(fact_rules) if metadata or fact_rules else None
    _must_go_together("--into-file", into_file, "--metadata, which says what is written", facts is not None)
    _must_go_together("--kept-in", kept_in, "--folder: say which folder is to be cleared", folder)
    with context.opened(context.existing()) as collection:
        wish = Wish(
            StepKind(action),
            replace(rules, decide_unsure=True) if unsure == DECIDE else rules,
            named(collection, keep),
            named(collection, groups) if groups else None,
            {} if merge else None,
            facts=facts,
            into_file=into_file,
            best_pixels=best_pixels,
            partners=Partners(collection) if with_raw else None,
        )
        cutting = Cutting(threshold, strict, kinds)
        drawn = draw(context, collection, scan_id, cutting, wish, (folder, kept_in))
    Journal.create(context.settings.workspace, drawn)
    if json_file:
        write(json_file, json_text(drawn.to_json(), indent=1))
    print_plan(drawn, err=json_file == Path("-"))


def _must_go_together(option: str, given: object, other: str, other_given: object) -> None:
    """Raises ConfigError where an option is given without the other one."""
    if given and not other_given:
        raise ConfigError(f"{option} goes with {other}.")


def read_fact_rules(given: Iterable[str]) -> dict[Fact, MergeRule]:
    """Rules as they are typed. Raises ConfigError."""
    names = {str(fact).replace(" ", "-"): fact for fact in Fact}
    rules = {}
    for text in given:
        name, _, rule = text.lower().partition("=")
        if name not in names or rule not in list(MergeRule):
            raise ConfigError(
                f"--metadata-rule {text}: it is FACT=RULE, with one of {', '.join(names)}, and one of "
                f"{', '.join(MergeRule)}."
            )
        rules[names[name]] = MergeRule(rule)
    return rules


def named(collection: Collection, given: Iterable[str]) -> frozenset[str]:
    """The ids of images given by id or by path, in whichever of Unicode's forms it was typed."""
    return frozenset(image_id for text in given for image_id in _by_path(collection, text) or [text])


def _by_path(collection: Collection, text: str) -> list[str]:
    if "/" not in slashed(text) or "location" not in collection.fields():
        return []
    folder, name = os.path.split(os.path.expanduser(text))
    location = printable_path(os.path.join(os.path.realpath(folder), name))
    return collection.ids([f"location:{write_value(location)}"])


@dataclass(frozen=True, slots=True)
class Cutting:
    """Which pairs of a scan form groups, and when."""

    threshold: float
    strict: bool
    kinds: tuple[PairKind, ...]


def draw(
    context: Context,
    collection: Collection,
    scan_id: str | None,
    cutting: Cutting,
    wish: Wish,
    folders: tuple[str | None, str] = (None, ""),
) -> Plan:
    """The plan from a stored scan and the decisions of people. `folders`: which one is to be cleared, where
    it is just one, and which one stays for it. Raises ConfigError, ScanError, ActionError."""
    threshold = cutting.threshold
    found = scan_of(context, collection, scan_id, threshold)
    decisions = decisions_of(context.settings.workspace)
    strictness = Strictness.COMPLETE if cutting.strict else Strictness.COMPONENT
    pairs = found.pairs().only(cutting.kinds)
    drawn = groups_to_clear(pairs, threshold, collection, decisions, found.edits, strictness)
    if folders[0]:
        shelf = shelf_of(context, collection, found, threshold)
        here, there = (typed_folder(shelf, text) if text else "" for text in folders)
        drawn = FolderSides.of(shelf, here, there).narrowed_all(drawn, decisions, collection.name)
    head = Head.now(collection, found.id, threshold)
    if wish.facts is None:
        made = draw_plan(drawn, wish, head)
    else:  # every file is read, which takes its time
        with ProgressLine() as line:
            made = draw_plan(drawn, wish, head, line)
    partial = () if found.status is ScanStatus.DONE else (_partial(found),)
    return replace(made, warnings=partial + made.warnings)


def _partial(found: StoredScan) -> str:
    reason = f" ({found.message})" if found.message else ""
    return f"The scan {found.id} did not end{reason}: duplicates may be missing. `scan` goes on with it."


def read_policy(text: str) -> Policy:
    """A preset by name, or a policy from a JSON file. Raises ConfigError."""
    path = Path(text)
    if path.suffix.lower() != ".json" and not path.is_file():
        return preset(text)
    try:
        return Policy.of_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise ConfigError(f"The keeper policy in {text} cannot be used: {error}") from error


@click.command()
@click.argument("plan_id", metavar="[PLAN]", default="")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def apply(context: Context, plan_id: str, yes: bool) -> int:
    """Do what a plan says: the one that was made last and was not applied wholly, where none is named."""
    context.settings.must_write()
    workspace = context.settings.workspace
    journal = find_journal(workspace, plan_id) if plan_id else waiting_journal(workspace)
    print_plan(journal.plan(), err=False)
    if not yes:
        click.confirm("Apply this plan?", abort=True)
    with opened(context, journal) as collection, interruptible() as interrupt, ProgressLine() as line:
        outcome = apply_plan(journal, collection, workspace, progress=line, cancelled=interrupt)
    click.echo(f"applied     {outcome_words(outcome)}; `undo {journal.folder.name}` takes it back")
    return print_failures(outcome.failed)


@click.command()
@click.argument("plan_id", metavar="[JOURNAL]", default="")
@click.option("--list", "listed", is_flag=True, help="List the plans and what became of them.")
@click.option("--empty", is_flag=True,
              help="Delete the plan's files in the quarantine, where what stays in their place is still "
                   "there and unchanged: no undo any more.")  # fmt: skip
@click.option("--steps", is_flag=True, help="List the steps of the plan and what became of each.")
@click.option("--step", "some", multiple=True, metavar="STEP",
              help="Take back this step only: its number, or the path of its image. Can be given "
                   "several times.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask (for --empty).")
@pass_context
def undo(
    context: Context, plan_id: str, listed: bool, empty: bool, steps: bool, some: tuple[str, ...], yes: bool
) -> int:
    """Take back what was applied last, or the plan named: files, times, documents and fields come back."""
    workspace = context.settings.workspace
    if listed:
        for journal in journals(workspace):
            s = journal.summary()
            what = f"{s.action} {s.steps:,} of {s.collection}, {size(s.bytes)}"
            click.echo(f"{s.plan}  {s.status}: {what}")
        for left_out in unusable(workspace):
            click.echo(printable(f"passed over {left_out.what}: {left_out.reason}"), err=True)
        return 0
    context.settings.must_write()
    if plan_id.startswith("added-"):
        return undo_added(context, plan_id)
    journal = find_journal(workspace, plan_id) if plan_id else applied_journal(workspace)
    if steps:
        print_steps(journal)
        return 0
    only = numbers_of(journal, some)
    if empty:
        if not yes:
            click.confirm(f"Delete the quarantined files of {journal.folder.name} for good?", abort=True)
        emptied = empty_quarantine(journal, workspace)
        click.echo(f"deleted     {size(emptied.bytes)}")
        return print_failures(emptied.kept, "kept back")
    with opened(context, journal) as collection, interruptible() as interrupt, ProgressLine() as line:
        outcome = undo_plan(journal, collection, workspace, progress=line, cancelled=interrupt, only=only)
    click.echo(f"undone      {outcome_words(outcome)}, plan {journal.folder.name}")
    return print_failures(outcome.failed)


def print_steps(journal: Journal) -> None:
    """A line a step: its number, what became of it, and its image."""
    last = journal.last()
    for step in journal.plan().steps:
        mark = last[step.number].mark if step.number in last else "not begun"
        click.echo(printable(f"{step.number:6}  {mark:12} {step.kind} {step.location}"))


def numbers_of(journal: Journal, some: Sequence[str]) -> set[int] | None:
    """The steps that are meant by number or path; None: all. Raises ActionError for one that is not there."""
    if not some:
        return None
    steps = journal.plan().steps
    known = {str(step.number): {step.number} for step in steps}
    for step in steps:
        known.setdefault(step.location, set()).add(step.number)
    unknown = next((one for one in some if one not in known), None)
    if unknown is not None:
        raise ActionError(
            f"The plan {journal.folder.name} has no step {printable(unknown)}: `undo {journal.folder.name} "
            "--steps` lists them."
        )
    return set[int]().union(*(known[one] for one in some))


def opened(context: Context, journal: Journal) -> AbstractContextManager[WritableCollection]:
    """The collection of a plan, where the user does not name one."""
    named = context.collection or context.url
    about = context if named else replace(context, collection=journal.summary().collection)
    return context.opened(about.existing())


def undo_added(context: Context, name: str) -> int:
    """Take back what `check --add` added."""
    record = context.settings.workspace.journals / Path(f"{name.removesuffix('.json')}.json").name
    if not record.is_file():
        raise ActionError(f"There is no record {name}.")
    with context.opened(context.existing()) as collection:
        failures = take_back(collection, record)
    click.echo(f"undone      {record.stem}")
    return print_failures(failures)


def outcome_words(outcome: Outcome) -> str:
    """ "12 steps, 3.4 MB"."""
    return f"{plural(outcome.done, 'step')}, {size(outcome.bytes)}"


def print_failures(failures: Sequence[Failure], word: str = "failed") -> int:
    """Everything that was not done, on stderr; the exit code."""
    for failure in failures:
        click.echo(printable(f"{word:11} {failure.what}: {failure.reason}"), err=True)
    return 1 if failures else 0


def print_plan(drawn: Plan, err: bool) -> None:
    """The preview: every group for a person, the first ones where there are many."""
    kinds = Counter(step.kind for step in drawn.steps)
    doing = f"{drawn.action} {kinds[drawn.action]:,}"
    doing += f" and merge fields into {kinds[StepKind.MERGE]:,}" if kinds[StepKind.MERGE] else ""
    doing += f" and move {kinds[StepKind.TAKE_PLACE]:,}" if kinds[StepKind.TAKE_PLACE] else ""
    doing += f" and describe {kinds[StepKind.DESCRIBE]:,}" if kinds[StepKind.DESCRIBE] else ""
    lines = [
        f"plan        {drawn.id}: {doing} of {drawn.collection}, "
        f"{len(drawn.changed):,} groups at {drawn.threshold}, {size(drawn.bytes)}"
        + (f", {plural(drawn.along, 'sidecar')} with them" if drawn.along else ""),
        f"policy      {drawn.policy.name}",
    ]
    for group in drawn.changed[:LISTED]:
        places = {member.id: member.location for member in group.members}
        lines += ["", f"keep        {places[group.keeper]} ({group.why})"]
        lines += [f"also keep   {places[i]} ({reason})" for i, reason in group.kept.items()]
        for step in (step for step in drawn.steps if step.group == group.key):
            lines += _step_lines(step)
            owner = os.path.basename(step.location)
            lines += [f"with it     {companion.location}" for companion in step.along]
            lines += [f"left alone  {place} (belongs to {owner})" for place in step.beside]
    if len(drawn.changed) > LISTED:
        lines += ["", f"… and {len(drawn.changed) - LISTED:,} more groups: --json writes all"]
    for group in drawn.unsure[:LISTED]:
        lines += ["", *(f"not sure    {member.location}" for member in group.members)]
    lines += [f"note        {warning}" for warning in drawn.warnings[:LISTED]]
    if drawn.beside:
        lines.append(
            f"note        {plural(drawn.beside, 'file')} beside the images that go would stay where they are "
            "(films, raw files, sidecars of images that stay)"
        )
    for line in lines:
        click.echo(printable(line), err=err)


def _step_lines(step: Step) -> list[str]:
    if step.writes:
        told = (f"            {fact_words(change)}" for change in step.writes.changes)
        into = " (into the file)" if step.rewrites else ""
        return [f"{step.kind!s:11} {step.writes.location}{into}", *told]
    if step.place:
        return [f"{step.kind!s:11} {step.location} → {step.place}"]
    changes = "; ".join(f"{c.field}: {c.old!r} → {c.new!r}" for c in step.changes)
    return [f"{step.kind!s:11} {step.location} ({changes or step.reason})"]


def fact_words(change: FactChange) -> str:
    """ "rating: 3 → 5", and what others tell that is not taken."""
    old, new = (", ".join(values) or "nothing" for values in (change.old, change.new))
    differing = [f"{os.path.basename(place)} says {', '.join(told)}" for place, told in change.differing]
    becomes = f"{change.fact}: {old} → {new}" if old != new else f"{change.fact} stays {new}"
    return "; ".join([becomes, *differing])
