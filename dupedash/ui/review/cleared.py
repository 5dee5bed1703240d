"""Groups that were cleared since the scan: fewer than two of their images are still in the collection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dupedash import wording
from dupedash.actions.kept import plan_of
from dupedash.collection import Rooted
from dupedash.groups.graph import Cut
from dupedash.groups.table import Flags, Numbers
from dupedash.ui import cached
from dupedash.ui.review import cards, huge
from dupedash.ui.shared import group_link, group_rows, widgets
from dupedash.ui.state import View

PER_PAGE = 10


def scanned(view: View) -> Cut:
    """The groups as the scan found them, with the images that are gone."""
    found = cached.matches(view.require_scan(), view.decisions_now, view.kinds)
    return cached.cut(found, view.threshold, view.strictness)


def there(view: View, cut: Cut) -> Flags:
    """Per image of the cut's matches whether it is still in the collection."""
    ids = cut.graph.matches.ids
    now = cached.ids_now(view.now) if isinstance(view.collection, Rooted) else frozenset(ids)
    return np.fromiter((image_id in now for image_id in ids), bool, len(ids))


def numbers_of(view: View, cut: Cut) -> Numbers:
    """Those of its groups that are cleared."""
    left = cut.label[there(view, cut) & (cut.label >= 0)]
    cleared: Numbers = np.flatnonzero(np.bincount(left, minlength=len(cut)) < 2)
    return cleared


def draw(view: View) -> None:
    """Below the list of groups: what is done, nothing where there is none."""
    cut = scanned(view)
    if cut is view.cut or not len(numbers := numbers_of(view, cut)):
        return
    label = f"{wording.plural(len(numbers), 'group')} cleared since the scan"
    with st.expander(label, icon=":material/cleaning_services:"):
        pages = -(-len(numbers) // PER_PAGE)
        page = st.pagination(pages, key="cp") if pages > 1 else 1
        for number in numbers[(page - 1) * PER_PAGE : page * PER_PAGE]:
            draw_row(view, cut, int(number))


def draw_row(view: View, cut: Cut, number: int) -> None:
    """One cleared group."""
    members, scan = cut.members(number), view.require_scan()
    with st.container(border=True, key=f"row-cleared-{number}"):
        pictures, words, open_ = st.columns((4.3, 3.9, 0.9), gap="small", vertical_alignment="center")
        records = cached.records(scan, members[: group_rows.STRIP])
        pictures.html(group_rows.strip_html(scan.collection, records, len(members)))
        words.html(f'<div class="dd-facts marks"><i class="done">{line(view, cut, number)}</i></div>')
        with open_:
            group_link.group_link(members[0], "Open", icon=None)


def line(view: View, cut: Cut, number: int) -> str:
    """How many of a group are gone."""
    gone = int((~there(view, cut)[cut.indices(number)]).sum())
    return f"cleared: {gone:,} of {wording.plural(int(cut.sizes[number]), 'image')} gone"


def draw_plan(view: View, gone: Sequence[str]) -> None:
    """The way to the plan that took them out; its journal says what was done, and takes it back."""
    plan = plan_of(view.settings.workspace, view.require_scan().collection, gone)
    if plan is None:
        st.caption("No plan of dupedash took them out.")
        return
    widgets.plan_link(plan, "The plan that cleared it, and its undo")


def draw_group(view: View, asked: str) -> bool:
    """The page of a cleared group; False where the image is in none."""
    cut = scanned(view)
    number = cut.find(asked)
    if number is None or cut is view.cut or number not in numbers_of(view, cut):
        return False
    members, flags = cut.members(number), there(view, cut)[cut.indices(number)]
    widgets.header(f"Group of {wording.plural(len(members), 'image')}", line(view, cut, number).capitalize())
    gone = [i for i, here in zip(members, flags.tolist(), strict=True) if not here]
    draw_plan(view, gone)
    some = slice(0, huge.PER_PAGE)
    records = zip(cached.records(view.require_scan(), members[some]), flags[some].tolist(), strict=True)
    shown = [huge.card(view, record, "still here" if here else "gone") for record, here in records]
    cards.draw(shown, "members")
    return True
