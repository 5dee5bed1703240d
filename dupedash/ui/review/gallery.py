"""One group: its images, why every two match, which to keep, what was decided; and on to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from dupedash import wording
from dupedash.actions import GroupToClear, groups_of_cut
from dupedash.groups.graph import Group
from dupedash.groups.listing import Listing, Only, listing_of
from dupedash.images.properties import compare
from dupedash.keepers import PRESETS, Choice
from dupedash.model import Explanation, ImageRecord
from dupedash.ui import cached, style
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.review import cards, chain, cleared, huge, keeper_choice, progress, scores
from dupedash.ui.review import pair as pairview
from dupedash.ui.review.decisions import bar, make
from dupedash.ui.review.decisions.bar import Subject
from dupedash.ui.review.decisions.make import show_group
from dupedash.ui.review.tables import table_html
from dupedash.ui.shared import group_filters, group_rows, keys, kind_words, widgets
from dupedash.ui.shared.group_link import GROUP, ONE, OTHER
from dupedash.ui.shared.threshold import threshold_button
from dupedash.ui.state import View

DEFAULT = next(iter(PRESETS.values()))
"""The policy by which a keeper is suggested here; Clear asks for another where one is wished."""
GOES, UNSURE = "goes", "not sure"
KEYS = {**bar.KEYS, **keeper_choice.KEYS, **pairview.KEYS,
        "arrowleft": "go-Previous", "arrowright": "go-Next"}  # fmt: skip
"""Key → how the class of its button begins."""
EXPLAINED = 3000
"""Matches of a group whose reasons are read; nobody compares more."""


def draw(view: View) -> None:
    """The whole page."""
    style.sheet("groups.css")
    style.sheet("group.css")
    with keys.kept(KEYS):
        draw_asked(view)


def draw_asked(view: View) -> None:
    """The group that the URL names, or why there is none to show."""
    listing = listing_of(group_rows.params_now(), group_rows.CARRIED)
    asked = st.query_params.get(GROUP, "")
    number = view.cut.find(asked)
    if number is None:
        draw_missing(view, asked)
        progress.draw_after(view, asked)
        return
    if view.cut.sizes[number] > huge.IMAGES:
        huge.draw(view, number)
        return
    group = view.cut.group(number)
    records = {r.id: r for r in cached.records(view.require_scan(), group.members)}
    why = cached.reasons(view.require_scan(), [(k.a, k.b) for k in group.links[:EXPLAINED]])
    planned = planned_of(view, number, records)
    usual = planned.choose(DEFAULT)
    picked = keeper_choice.picked(view, view.cut.key(number), list(records.values()))
    choice = by_hand(planned, picked) if picked else usual
    head, place = st.container(), neighbours(view, number, listing)
    stays = frozenset({choice.keeper, *choice.kept})
    subject = Subject(view.cut.key(number), list(records.values()), stays, chosen=bool(picked))
    # First the buttons and then the head above them: whoever sees the group's head has its buttons under the
    # keys, never those of the group before.
    bar.bar(view, subject, lambda: move_on(place.after or place.before))
    with head:
        draw_head(group, place, listing)
    progress.draw_progress(view)
    draw_like(view, number)
    pair = chosen_pair(group, choice.keeper)
    ordered = sorted(records.values(), key=lambda r: (r.id != usual.keeper, r.id))
    shown = draw_members(view, subject, ordered, choice, picked, pair)
    keeper_choice.draw(view, subject, shown, choice)
    draw_pair(view, group, (records[pair[0]], records[pair[1]]), why)
    draw_scores(ordered, group, why, pair)
    chain.draw(view, group, records)
    draw_properties(ordered)
    bar.history(view, list(records.values()))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a group is in the list: the keys of the groups before and after it, its place in words, and the
    page of the list on which it is, as a parameter of its link."""

    before: str | None
    after: str | None
    words: str
    page: Mapping[str, list[str]] = field(default_factory=dict)


def draw_head(group: Group, place: Position, listing: Listing) -> None:
    """Title and figures; previous and next in the order of the list."""
    title, go = widgets.split("head", (1.5, 1.4), "small", "bottom")
    with title:
        widgets.header(f"Group of {wording.plural(len(group.members), 'image')}", head_line(group))
    with go.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        path, params = widgets.page_row("groups").path, {**listing.params(), **place.page}
        st.page_link(path, label=place.words, icon=":material/arrow_upward:", query_params=params)
        for key, label, icon, shortcut in (
            (place.before, "Previous", ":material/chevron_left:", "Left"),
            (place.after, "Next", ":material/chevron_right:", "Right"),
        ):
            st.button(
                label, key=f"go-{label}", icon=icon, shortcut=shortcut, disabled=key is None,
                on_click=show_group, args=(key or "",),
            )  # fmt: skip


def draw_like(view: View, number: int) -> None:
    """The way to all open groups with the same kinds of change, folders and scores: decide them at once."""
    listing = replace(group_filters.like(view, number), only=Only.OPEN)
    like = group_rows.listed(view, view.table, listing, group_rows.standings_of(view))
    if len(like) > 1:
        st.page_link(
            widgets.page_row("groups").path, label=f"{len(like):,} open groups like this",
            icon=":material/library_add_check:", query_params=listing.params(),
            help="The same kinds of change, in the same folders, in the same band of scores: decide at once.",
        )  # fmt: skip


def head_line(group: Group) -> str:
    """What a group is, and its scores, in a line."""
    line = f"{kind_words.name(group.kind)} · "
    line += f"{wording.plural(len(group.links), 'match', 'matches')}, the weakest {group.weakest:.2f}, "
    line += f"mean {group.mean:.2f}"
    line += f", held together at {group.holding:.2f}" if len(group.members) > 2 else ""
    return line + (" · a chain: not every two match directly" if group.chained else "")


def neighbours(view: View, number: int, listing: Listing) -> Position:
    """The groups before and after this one in the list."""
    rows = view.table
    numbers = group_rows.listed(view, rows, listing, group_rows.standings_of(view)).tolist()
    if number not in numbers:
        following = view.cut.key(numbers[0]) if numbers else None
        return Position(None, following, "All groups")
    place = numbers.index(number)
    before = view.cut.key(numbers[place - 1]) if place else None
    after = view.cut.key(numbers[place + 1]) if place + 1 < len(numbers) else None
    page = place // group_rows.PER_PAGE + 1
    params = {"p": [str(page)]} if page > 1 else {}
    return Position(before, after, f"{place + 1:,} of {len(numbers):,}", params)


def move_on(key: str | None) -> None:
    """To another group; what was compared stays behind."""
    if key is None or not make.advance():
        return
    show_group(key)


def planned_of(view: View, number: int, records: Mapping[str, ImageRecord]) -> GroupToClear:
    """The group as a plan sees it, so that what the page marks is what a plan does."""
    scan = view.require_scan()
    edits = cached.edits(view.matches)
    return groups_of_cut(view.cut, [number], records, scan.collection, view.decisions, edits)[0]


def by_hand(planned: GroupToClear, picked: frozenset[str]) -> Choice:
    """What was chosen stays and all else goes, whether it matches directly or not: somebody says so."""
    return replace(planned, links=None, chosen=picked).choose(DEFAULT)


def chosen_pair(group: Group, keeper: str) -> tuple[str, str]:
    """The two that the URL names, else the keeper and its best match; the smaller id first."""
    members = set(group.members)
    one, other = st.query_params.get(ONE, ""), st.query_params.get(OTHER, "")
    if one not in members:
        one = keeper
    if other not in members or other == one:
        link = next(k for k in group.links if one in (k.a, k.b))
        other = link.b if link.a == one else link.a
    return min(one, other), max(one, other)


def compare_now(one: str, other: str) -> None:
    """Compare these two from now on."""
    st.query_params.update({ONE: one, OTHER: other})  # at once: each change is a step of the history
    st.rerun()


def draw_members(
    view: View,
    subject: Subject,
    ordered: Sequence[ImageRecord],
    choice: Choice,
    picked: frozenset[str],
    pair: tuple[str, str],
) -> dict[int, ImageRecord]:
    """The gallery, numbered as the buttons are that choose what stays; those on the page come back."""
    per_page, page = keeper_choice.PER_PAGE, 1
    pages = -(-len(ordered) // per_page)
    if pages > 1:
        page = st.pagination(pages, key="m", bind="query-params")
    first = (page - 1) * per_page
    shown = dict(enumerate(ordered[first : first + per_page], first + 1))
    collection = view.require_scan().collection
    drawn = [
        card(collection, r, mark(r.id, choice, picked), pair, n if view.editor else None)
        for n, r in shown.items()
    ]
    clicked = cards.draw(drawn, "members")
    if clicked.mark:
        keeper_choice.toggle(view, subject, clicked.mark)
        st.rerun()
    if clicked.card and clicked.card not in pair:
        kept = choice.keeper if choice.keeper in pair and choice.keeper != clicked.card else pair[0]
        compare_now(kept, clicked.card)
    return shown


def card(
    collection: str, record: ImageRecord, marked: str, pair: tuple[str, str], number: int | None
) -> cards.Card:
    """A member as a card; it has a number where a button lets it stay or go."""
    pixels = f"{record.width:,} × {record.height:,}" if record.width and record.height else ""
    file = " · ".join(part for part in (record.format or "", wording.size(record.bytes)) if part)
    dated = wording.when(record.modified) if record.modified else ""
    return cards.Card(
        id=record.id,
        url=thumb_url(collection, record.id, record.content),
        name=f"{number}  {record.filename}" if number is not None else record.filename,
        place=record.location,
        lines=tuple(line for line in (pixels, file, dated) if line),
        mark=marked,
        goes=marked == GOES,
        unsure=marked == UNSURE,
        compared={pair[0]: "A", pair[1]: "B"}.get(record.id, ""),
        toggles=number is not None,
    )


def mark(image_id: str, choice: Choice, picked: frozenset[str]) -> str:
    """What a plan would do with an image."""
    if image_id in picked:
        return "chosen to stay"
    if not choice.sure or (image_id in choice.unsure and image_id != choice.keeper):
        return UNSURE
    if image_id == choice.keeper:
        return "suggested keeper"
    return "stays as well" if image_id in choice.kept else GOES


def draw_pair(
    view: View,
    group: Group,
    pair: tuple[ImageRecord, ImageRecord],
    why: Mapping[tuple[str, str], Explanation],
) -> None:
    """The comparison of the chosen two."""
    st.subheader("Why they match", anchor=False)
    if len(group.members) > 2:
        st.caption("Click an image above, or a score below, to compare another pair.")
    pairview.draw(view, group, pair, why.get((pair[0].id, pair[1].id)))


def draw_scores(
    members: Sequence[ImageRecord],
    group: Group,
    why: Mapping[tuple[str, str], Explanation],
    pair: tuple[str, str],
) -> None:
    """Every score of a group: a heat table, of a large group the weakest and best as a list."""
    if len(members) < 3:
        return
    st.subheader("Scores", anchor=False)
    shown, links = members, group.links
    if len(members) > scores.LARGEST:
        st.caption(f"The {scores.LARGEST} images with the most matches, of {len(members):,}.")
        degree = dict.fromkeys((m.id for m in members), 0)
        for link in links:
            degree[link.a] += 1
            degree[link.b] += 1
        shown = sorted(members, key=lambda m: (m.id not in pair, -degree[m.id], m.id))[: scores.LARGEST]
    clicked = scores.draw(shown, links, why, pair)
    if clicked and set(clicked) != set(pair):
        compare_now(*clicked)


def draw_properties(members: Sequence[ImageRecord]) -> None:
    """All properties of all images, for groups of a size that fits on a screen."""
    if 2 < len(members) <= 8:
        with st.expander("Properties of all images", icon=":material/table_rows:"):
            st.html(table_html([m.filename for m in members], compare(members)))


def draw_missing(view: View, asked: str) -> None:
    """Why there is no group to show, and where to go."""
    if cleared.draw_group(view, asked):
        return
    widgets.header("Group")
    if not asked:
        widgets.empty(":material/compare:", "No group chosen", "Open one from the list or the graph.")
    elif asked not in view.graph.index:
        draw_unmatched(view, asked)
    else:
        best = view.graph.neighbours(asked)
        widgets.empty(
            ":material/compare:",
            "Not in a group at this threshold",
            f"The best match of this image has a score of {best[0][1]:.2f}, the threshold is "
            f"{view.threshold:.2f}."
            if best
            else "Nothing matches this image.",
        )
        if best:
            with st.container(horizontal_alignment="center"):
                threshold_button(int(best[0][1] * 100) / 100, "group-threshold")
        bar.history(view, cached.records(view.require_scan(), [asked]))
    with st.container(horizontal_alignment="center"):
        widgets.go("groups", "All groups")


def draw_unmatched(view: View, asked: str) -> None:
    """An image without matches, or one that is not part of the scan."""
    if asked not in cached.images_of(view.require_scan()).index:
        text = "The link names an image that this scan does not have. It may belong to another scan."
        widgets.empty(":material/help:", "No such image here", text)
        return
    text = "Nothing matches this image, or its matches were rejected."
    widgets.empty(":material/compare:", "In no group", text)
    bar.history(view, cached.records(view.require_scan(), [asked]))
