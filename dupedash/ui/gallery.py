"""One group: its images, why every two match, which to keep, what was decided; and on to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dupedash.graph import Group
from dupedash.grouptable import Listing, listing_of
from dupedash.keepers import BY_HAND, PRESETS, Choice, choose
from dupedash.model import Explanation, ImageRecord
from dupedash.properties import compare
from dupedash.review import spared
from dupedash.ui import (
    cards,
    chainview,
    deciding,
    grouplist,
    hugegroup,
    judging,
    matrix,
    pairview,
    picking,
    reviewing,
    scandata,
    state,
    style,
    widgets,
    wording,
)
from dupedash.ui.deciding import Subject, show_group
from dupedash.ui.grouplink import GROUP, ONE, OTHER
from dupedash.ui.routes import thumb_url
from dupedash.ui.state import View

PER_PAGE = 24
EXPLAINED = 3000
"""Matches of a group whose reasons are read; more make no difference to the choice of the keeper."""


def draw(view: View) -> None:
    """The whole page."""
    style.sheet("groups.css")
    style.sheet("group.css")
    listing = listing_of(st.query_params.to_dict(), grouplist.CARRIED)
    asked = st.query_params.get(GROUP, "")
    number = view.cut.find(asked)
    if number is None:
        draw_missing(view, asked)
        reviewing.draw_after(view, asked)
        return
    if view.cut.sizes[number] > hugegroup.IMAGES:
        hugegroup.draw(view, number)
        return
    group = view.cut.group(number)
    records = {r.id: r for r in scandata.records(view.require_scan(), group.members)}
    why = scandata.reasons(view.require_scan(), [(k.a, k.b) for k in group.links[:EXPLAINED]])
    usual = suggestion(view, group, records, why)
    picked = picking.picked(view, view.cut.key(number), list(records.values()))
    choice = suggestion(view, group, records, why, picked) if picked else usual
    head, place = st.container(), neighbours(view, number, listing)
    subject = Subject(view.cut.key(number), list(records.values()), picked)
    # First the buttons and then the head above them: whoever sees the group's head has its buttons under the
    # keys, never those of the group before.
    deciding.bar(view, subject, lambda: move_on(place.after or place.before))
    with head:
        draw_head(group, place, listing)
    reviewing.draw_progress(view)
    pair = chosen_pair(group, choice.keeper)
    ordered = sorted(records.values(), key=lambda r: (r.id != usual.keeper, r.id))
    draw_members(view, ordered, choice, pair)
    picking.draw(view, subject, ordered, choice)
    draw_pair(view, group, (records[pair[0]], records[pair[1]]), why)
    draw_scores(ordered, group, why, pair)
    chainview.draw(view, group, records)
    draw_properties(ordered)
    deciding.history(view, list(records.values()))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group is in the list: the keys of the groups before and after it, and its place in words."""

    before: str | None
    after: str | None
    words: str


def draw_head(group: Group, place: Place, listing: Listing) -> None:
    """Title and figures; previous and next in the order of the list."""
    title, go = widgets.split("head", (1.5, 1.4), "small", "bottom")
    with title:
        widgets.header(f"Group of {wording.plural(len(group.members), 'image')}", head_line(group))
    with go.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        path, params = widgets.page_row("groups").path, listing.params()
        st.page_link(path, label=place.words, icon=":material/arrow_upward:", query_params=params)
        for key, label, icon, shortcut in (
            (place.before, "Previous", ":material/chevron_left:", "Left"),
            (place.after, "Next", ":material/chevron_right:", "Right"),
        ):
            st.button(
                label, key=f"go-{label}", icon=icon, shortcut=shortcut, disabled=key is None,
                on_click=show_group, args=(key or "",),
            )  # fmt: skip


def head_line(group: Group) -> str:
    """The scores of a group in a line."""
    line = f"{wording.plural(len(group.links), 'match', 'matches')}, weakest link {group.weakest:.2f}, "
    line += f"mean {group.mean:.2f}"
    return line + (" · a chain: not every two match directly" if group.chained else "")


def neighbours(view: View, number: int, listing: Listing) -> Place:
    """The groups before and after this one in the list."""
    rows = grouplist.rows_of(view)
    numbers = grouplist.listed(view, rows, listing, grouplist.standings_of(view)).tolist()
    if number not in numbers:
        following = view.cut.key(numbers[0]) if numbers else None
        return Place(None, following, "All groups")
    place = numbers.index(number)
    before = view.cut.key(numbers[place - 1]) if place else None
    after = view.cut.key(numbers[place + 1]) if place + 1 < len(numbers) else None
    return Place(before, after, f"{place + 1:,} of {len(numbers):,}")


def move_on(key: str | None) -> None:
    """To another group; what was compared stays behind."""
    if key is None or not deciding.advance():
        return
    show_group(key)


def suggestion(
    view: View,
    group: Group,
    records: Mapping[str, ImageRecord],
    why: Mapping[tuple[str, str], Explanation],
    picked: str | None = None,
) -> Choice:
    """The keeper by the default policy, or by hand."""
    members = list(records.values())
    keys = dict(zip(records, deciding.keys(view, members), strict=True))
    return choose(
        members, next(iter(PRESETS.values())), links=[(k.a, k.b) for k in group.links], explanations=why,
        pinned=[picked] if picked else (), spared=spared(keys, judging.decisions(view.settings.workspace)),
    )  # fmt: skip


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


def draw_members(view: View, ordered: Sequence[ImageRecord], choice: Choice, pair: tuple[str, str]) -> None:
    """The gallery, numbered as the keys are that choose what stays."""
    pages, page = -(-len(ordered) // PER_PAGE), 1
    if pages > 1:
        page = st.pagination(pages, key="m", bind="query-params")
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    collection = view.require_scan().collection
    numbers = {r.id: n for n, r in enumerate(ordered, 1)} if view.editor else {}
    clicked = cards.draw([card(collection, r, choice, pair, numbers.get(r.id)) for r in shown], "members")
    if clicked and clicked not in pair:
        kept = choice.keeper if choice.keeper in pair and choice.keeper != clicked else pair[0]
        compare_now(kept, clicked)


def card(
    collection: str, record: ImageRecord, choice: Choice, pair: tuple[str, str], number: int | None
) -> cards.Card:
    """A member as a card; it has a number where a key chooses it."""
    keyed = number is not None and number <= picking.KEYS
    pixels = f"{record.width:,} × {record.height:,}" if record.width and record.height else ""
    file = " · ".join(part for part in (record.format or "", wording.size(record.bytes)) if part)
    dated = wording.when(record.modified) if record.modified else ""
    return cards.Card(
        id=record.id,
        url=thumb_url(collection, record.id, record.content),
        name=f"{number}  {record.filename}" if keyed else record.filename,
        place=record.location,
        lines=tuple(line for line in (pixels, file, dated) if line),
        mark=mark(record.id, choice),
        compared={pair[0]: "A", pair[1]: "B"}.get(record.id, ""),
    )


def mark(image_id: str, choice: Choice) -> str:
    """What the keeper policy would do with an image, where it stays."""
    if image_id == choice.keeper:
        return "chosen keeper" if choice.decided == BY_HAND else "suggested keeper"
    return "stays as well" if image_id in choice.kept else ""


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
    if len(members) > matrix.LARGEST:
        st.caption(f"The {matrix.LARGEST} images with the most matches, of {len(members):,}.")
        degree = dict.fromkeys((m.id for m in members), 0)
        for link in links:
            degree[link.a] += 1
            degree[link.b] += 1
        shown = sorted(members, key=lambda m: (m.id not in pair, -degree[m.id], m.id))[: matrix.LARGEST]
    clicked = matrix.draw(shown, links, why, pair)
    if clicked and set(clicked) != set(pair):
        compare_now(*clicked)


def draw_properties(members: Sequence[ImageRecord]) -> None:
    """All properties of all images, for groups of a size that fits on a screen."""
    if 2 < len(members) <= 8:
        with st.expander("Properties of all images", icon=":material/table_rows:"):
            st.html(pairview.table_html([m.filename for m in members], compare(members)))


def draw_missing(view: View, asked: str) -> None:
    """Why there is no group to show, and where to go."""
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
            value = int(best[0][1] * 100) / 100
            with st.container(horizontal_alignment="center"):
                st.button(f"Set the threshold to {value:.2f}", on_click=_set_threshold, args=(value,))
        deciding.history(view, scandata.records(view.require_scan(), [asked]))
    with st.container(horizontal_alignment="center"):
        widgets.go("groups", "All groups")


def draw_unmatched(view: View, asked: str) -> None:
    """An image without matches, or one that is not part of the scan."""
    if asked not in scandata.images_of(view.require_scan()).index:
        text = "The link names an image that this scan does not have. It may belong to another scan."
        widgets.empty(":material/help:", "No such image here", text)
        return
    text = "Nothing matches this image, or its matches were rejected."
    widgets.empty(":material/compare:", "In no group", text)
    deciding.history(view, scandata.records(view.require_scan(), [asked]))


def _set_threshold(value: float) -> None:
    st.session_state[state.THRESHOLD] = value
