"""A plan on the screen: its figures, what decided, and group by group what stays, what goes and why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from dupedash import wording
from dupedash.actions import (
    KEEPS,
    FactChange,
    Member,
    Plan,
    PlannedGroup,
    Step,
    StepKind,
    Totals,
)
from dupedash.actions.plan import Description
from dupedash.keepers import BY_HAND, UNSURE
from dupedash.ui import style
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.errors import as_text
from dupedash.ui.shared import widgets
from dupedash.ui.shared.widgets import Fact

PER_PAGE = 10
SHOWN = 10
"""Images of a group; of a larger one the number of the others is said."""
CHOICES = 10
"""Images of a group to keep instead."""
WARNINGS = 200
_GOES = {
    StepKind.QUARANTINE: "to quarantine",
    StepKind.HARDLINK: "becomes a hard link",
    StepKind.SYMLINK: "becomes a link",
    StepKind.REMOVE: "leaves the collection",
    StepKind.LABEL: "is labelled",
}

Pin = Callable[[str, str | None], None]
"""Group key, and the image to keep (None: by the policy again)."""


def draw_facts(plan: Plan) -> None:
    """The sums of a stored plan."""
    gone = len(plan.removed)
    changed = sum(step.kind in {StepKind.LABEL, *KEEPS} for step in plan.steps)
    widgets.facts(
        [
            Fact("Groups", wording.count(len(plan.changed)), f"at {plan.threshold:.2f}"),
            Fact("Images to go", wording.count(gone), _GOES[plan.action] if gone else "none is removed"),
            Fact("Images changed", wording.count(changed), "fields, metadata or place"),
            Fact("Bytes", wording.size(plan.bytes), "of the files that go"),
        ]
    )
    draw_beside(plan)
    if plan.unsure:
        st.caption(unsure_words(len(plan.unsure)))


def unsure_words(count: int) -> str:
    """How many groups are left whole because nothing is sure, as Markdown."""
    number = wording.plural(count, "group")
    return (
        f":orange[:material/help: {number} not sure, left whole]: nothing shows which image is the edited one"
    )


def draw_beside(sums: Plan | Totals) -> None:
    """What belongs to the images that go: what goes with them, and what stays."""
    if sums.along:
        st.caption(along_words(sums.along))
    if sums.beside:
        st.caption(beside_words(sums.beside))


def along_words(count: int) -> str:
    """How many sidecars would go, too, as Markdown."""
    verb = "goes with its image" if count == 1 else "go with their images"
    return f":material/attach_file: {wording.plural(count, 'sidecar')} {verb}"


def beside_words(count: int) -> str:
    """How many sidecars and partners would stay behind, as Markdown."""
    number = wording.plural(count, "file")
    return (
        f":orange[:material/attach_file:] {number} beside them would stay "
        "(films, raw files, sidecars of images that stay)"
    )


def draw_effect(plan: Plan) -> None:
    """What decided how often, and what one must know."""
    draw_notes(Counter(group.decided for group in plan.changed), plan.warnings)


def draw_notes(decided: Mapping[str, int], notes: Sequence[str]) -> None:
    """The same from the sums."""
    if decided:
        often = sorted(decided.items(), key=lambda item: -item[1])
        said = [f"**{n:,}** {as_text(name)}" for name, n in often]
        st.caption("Decided by " + " · ".join(said))
    if not notes:
        return
    with st.expander(f"{wording.plural(len(notes), 'note')} on this plan", icon=":material/info:"):
        st.text("\n".join(notes[:WARNINGS]))
        if len(notes) > WARNINGS:
            st.caption(f"… and {len(notes) - WARNINGS:,} more: the exported plan has all.")


def draw_groups(plan: Plan, key: str, pin: Pin | None = None) -> None:
    """The groups page by page; with `pin`, the image that stays can be chosen by hand."""
    groups = (*plan.changed, *plan.unsure)
    draw_some(plan, groups[page_of(len(groups), key)], key, pin)


def page_of(count: int, key: str) -> slice:
    """The widget that turns the pages of `count` groups; which of them are on the page."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        if (pages := _pages(count)) > 1:
            st.pagination(pages, key=f"{key}.page")
    return page_now(count, key)


def page_now(count: int, key: str) -> slice:
    """Which of `count` groups are on the page that is open, without the widget."""
    page = min(int(st.session_state.get(f"{key}.page", 1)), max(1, _pages(count)))
    return slice((page - 1) * PER_PAGE, page * PER_PAGE)


def _pages(count: int) -> int:
    return -(-count // PER_PAGE)


def draw_some(plan: Plan, groups: Sequence[PlannedGroup], key: str, pin: Pin | None = None) -> None:
    """Some groups of a plan."""
    style.sheet("clear.css")
    steps: dict[str, list[Step]] = {group.key: [] for group in groups}
    for step in plan.steps:
        if step.group in steps:
            steps[step.group].append(step)
    for group in groups:
        with st.container(border=True):
            _draw_group(plan, group, steps[group.key], key, pin)


def _draw_group(plan: Plan, group: PlannedGroup, steps: list[Step], key: str, pin: Pin | None) -> None:
    gone = {step.id: step for step in steps if step.kind not in KEEPS}
    merged = [step for step in steps if step.kind is StepKind.MERGE]
    members = sorted(group.members, key=lambda m: (m.id != group.keeper, m.id in gone, m.id))
    why = group.why.removeprefix("kept because ")
    left, right = st.columns((4, 1.25), vertical_alignment="center")
    if group.decided == UNSURE:
        left.markdown(f":small[:orange[**Not sure**, left whole]: {as_text(why.removeprefix('not sure: '))}]")
    else:
        left.markdown(f":small[**{as_text(_name(members[0]))}** stays: {as_text(why)}]")
    if pin:
        with right:
            _draw_pin(group, members, f"{key}.{group.key}", pin)
    shown = members[:SHOWN]
    st.html(f'<div class="dd-plan">{"".join(_figure(plan, group, m, gone.get(m.id)) for m in shown)}</div>')
    if len(members) > SHOWN:
        st.caption(more_words([m.id in gone for m in members[SHOWN:]]))
    for step in merged:
        changes = [f"{c.field}: {_value(c.old)} → {_value(c.new)}" for c in step.changes]
        st.caption(f"Fields of {as_text(_name(members[0]))}: {as_text('; '.join(changes))}")
    for step in steps:
        if step.writes:
            st.html(facts_html(step.writes, into_file=step.rewrites))
        if step.place:
            st.caption(as_text(f"{_name(members[0])} moves to {step.place}"))


def facts_html(description: Description, *, into_file: bool = False) -> str:
    """What is written into a sidecar or the file, fact by fact; every text escaped."""
    place = os.path.basename(description.location)
    verb = "is written" if description.before is None else "is added to"
    verb = "is written into" if into_file else verb
    head = f"<caption><b>{escape(place)}</b> {verb}, so that nothing known is lost</caption>"
    return f'<table class="dd-told">{head}{"".join(map(_fact_row, description.changes))}</table>'


def _fact_row(change: FactChange) -> str:
    old, new = (escape(", ".join(values)) for values in (change.old, change.new))
    becomes = f"{old or '–'} → <b>{new}</b>" if old != new else f"<b>{new}</b> stays"
    told = "; ".join(f"{os.path.basename(place)} says {', '.join(said)}" for place, said in change.differing)
    differing = f'<span class="differs">not taken: {escape(told)}</span>' if told else ""
    return f'<tr><th scope="row">{escape(change.fact)}</th><td>{becomes}{differing}</td></tr>'


def more_words(going: Sequence[bool]) -> str:
    """What happens to the images that are not shown, each True where something is done to it."""
    return f"and {len(going):,} more: {sum(going):,} as those that go, {len(going) - sum(going):,} stay"


def _draw_pin(group: PlannedGroup, members: list[Member], key: str, pin: Pin) -> None:
    names = {member.id: as_text(_name(member)) for member in members[:CHOICES]}
    places = [as_text(member.location) for member in members[:CHOICES]]
    chosen = group.keeper if group.decided == BY_HAND and group.keeper in names else None
    key = f"{key}.{chosen}"  # so that it follows a choice that was made or forgotten elsewhere
    with st.popover("Keep another", type="tertiary", width="stretch"):
        st.radio(
            "What stays", [None, *names], index=[None, *names].index(chosen), key=key,
            format_func=lambda image_id: names.get(image_id, "By the rules"), captions=["", *places],
            on_change=lambda: pin(group.key, st.session_state[key]),
        )  # fmt: skip


def _figure(plan: Plan, group: PlannedGroup, member: Member, step: Step | None) -> str:
    """One image as HTML, every text escaped."""
    if step is not None:
        mark, words, kind = _GOES[step.kind], step.reason, "goes"
    elif member.id == group.keeper:
        mark, words, kind = "stays", "", "stays"
    else:
        mark, words, kind = "stays too", group.kept.get(member.id, "left alone: see the notes"), "stays"
    url = thumb_url(plan.collection, member.id, member.content)
    name = _name(member)
    if step and step.along:
        words += f". With it: {', '.join(os.path.basename(c.location) for c in step.along)}"
    if step and step.beside:
        words += f". Left alone: {', '.join(map(os.path.basename, step.beside))}"
    size = f" · {wording.size(step.bytes)}" if step and step.bytes else ""
    return (
        f'<figure class="{kind}" title="{escape(member.location)}">'
        f'<img src="{escape(url)}" alt="{escape(name)}" loading="lazy">'
        f"<figcaption><b>{escape(mark)}</b>{escape(size)}<br><span>{escape(name)}</span>"
        f"<small>{escape(words)}</small></figcaption></figure>"
    )


def _name(member: Member) -> str:
    return member.location.rstrip("/").replace("\\", "/").rsplit("/", 1)[-1] or member.id


def _value(value: object) -> str:
    if value is None:
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
