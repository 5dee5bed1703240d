"""The widgets above the list of groups: order and filters; the URL keeps them."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dupedash.groups.listing import Among, Listing, Only, Order, kinds_of
from dupedash.model import FLOOR, ChangeKind, PairKind
from dupedash.review import PAIR_BY_PAIR, Verdict
from dupedash.ui import cached
from dupedash.ui.shared import group_filters, widgets
from dupedash.ui.state import View

MOST_FOLDERS = 500
"""Folders that are offered, those with the most images; a longer list is not read."""
_SHOW_HELP = (
    "Chains: some images of the group do not match each other directly, only through others. Not sure: "
    "nothing shows which image is the edited copy: a plan leaves all of them until somebody chooses."
)
_AMONG_HELP = "Any of these: at least one is there. Nothing else: whatever is there is one of these."
_NARROW = ("score", "is", "kind", "folder", "among", "since", "until", "as", "by")
"""Names in the URL of the filters below "More filters"."""


def pick(view: View) -> Listing:
    """All widgets; what they say."""
    order, only, least, text = widgets.split("wrap-groups", (1.4, 3.2, 1.05, 1.3), "small", "bottom")
    listing = Listing(
        order=Order(order.selectbox(
            "Order", [o.value for o in Order], key="sort", bind="query-params", on_change=first_page,
        ) or Order.LARGEST),
        only=Only(only.segmented_control(
            "Show", [o.value for o in Only], default=Only.ALL.value, required=True, key="show",
            bind="query-params", on_change=first_page, help=_SHOW_HELP,
        )),
        least=least.number_input(
            "Images at least", 2, 1_000_000, 2, key="least", bind="query-params", on_change=first_page
        ),
        text=text.text_input(
            "File name or folder", key="text", bind="query-params", placeholder="Find groups",
            on_change=first_page,
        ),
    )  # fmt: skip
    asked = any(name in st.query_params for name in _NARROW)
    with st.expander("More filters", icon=":material/filter_alt:", expanded=asked):
        return narrowed(view, listing)


def narrowed(view: View, listing: Listing) -> Listing:
    """With the filters that few people need every day."""
    what, kinds, folders, among = widgets.split("wrap-kinds", (1.1, 1.2, 1.2, 1.3), "small", "bottom")
    with what:
        being = pick_what(view)
    score, since, until, verdict, who = widgets.split("wrap-facts", (1.5, 0.8, 0.8, 1, 1), "small", "bottom")
    with kinds:
        picked = pick_kinds(view)
    with folders:
        places = pick_folders(view)
    way = among.segmented_control(
        "Of kinds and folders", list(Among), default=Among.ANY, required=True, key="among",
        bind="query-params", on_change=first_page, help=_AMONG_HELP, width="stretch",
    )  # fmt: skip
    floor = min(FLOOR, view.require_scan().config.floor)
    low, high = score.slider(
        "Weakest match", floor, 1.0, (floor, 1.0), 0.01, key="score", bind="query-params",
        on_change=first_page,
    )  # fmt: skip
    return Listing(
        listing.order, listing.only, listing.least, listing.text, low if low > floor else 0.0, high, picked,
        places, Among(way),
        pick_day(since, "Changed from", "since"), pick_day(until, "to", "until"),
        pick_one(verdict, "Decided as", "as", [v for v in (*Verdict, PAIR_BY_PAIR) if v is not Verdict.OPEN]),
        pick_one(who, "By", "by", sorted(set(group_filters.deciders(view).values()))), being,
    )  # fmt: skip


def pick_what(view: View) -> tuple[PairKind, ...]:
    """What the groups are, of that what there is."""
    there = {list(PairKind)[code] for code in view.cut.kinds.tolist()}
    asked = st.query_params.get_all("is")
    picked = st.multiselect(
        "What they are", [kind.value for kind in PairKind if kind in there or kind.value in asked], key="is",
        bind="query-params", on_change=first_page, placeholder="Anything",
        help="A group is what its least close pair is. The sidebar says of which pairs groups are formed.",
    )  # fmt: skip
    return tuple(PairKind(name) for name in picked)


def pick_kinds(view: View) -> tuple[ChangeKind, ...]:
    """Those of the kinds that there are."""
    there = 0
    for bits in set(group_filters.kinds(view).tolist()):
        there |= bits
    names = [str(kind) for kind in kinds_of(there)]
    asked = [k for k in st.query_params.get_all("kind") if k in set(ChangeKind) and k not in names]
    picked = st.multiselect(
        "Kinds of change", [*names, *asked], key="kind", bind="query-params", on_change=first_page,
        placeholder="All kinds", help="“Brighter” finds darker ones, too: it depends on which comes first.",
    )  # fmt: skip
    return tuple(ChangeKind(name) for name in picked)


def pick_folders(view: View) -> tuple[str, ...]:
    """Those with the most images in groups, and those that the URL names."""
    grouped = cached.folders(view.matches)[view.cut.label >= 0]
    often = list(grouped[grouped != ""].value_counts().head(MOST_FOLDERS).index)
    asked = [folder for folder in st.query_params.get_all("folder") if folder not in often]
    return tuple(st.multiselect(
        "Folders", [*often, *asked], key="folder", bind="query-params", on_change=first_page,
        placeholder="All folders",
    ))  # fmt: skip


def pick_day(place: st.delta_generator.DeltaGenerator, label: str, key: str) -> date | None:
    """A day, or none."""
    found = place.date_input(
        label, None, key=key, bind="query-params", on_change=first_page, min_value=date(1970, 1, 1)
    )
    return found if isinstance(found, date) else None


def pick_one(
    place: st.delta_generator.DeltaGenerator, label: str, key: str, options: list[str]
) -> str:
    """One of these, "" for whichever."""
    asked = st.query_params.get(key, "")
    more = [asked] if asked and asked not in options else []
    return str(place.selectbox(
        label, ["", *options, *more], key=key, bind="query-params", on_change=first_page,
        format_func=lambda name: name or "all",
    ) or "")  # fmt: skip


def first_page() -> None:
    """Another order or filter begins at its first page."""
    st.session_state["p"] = 1


def clear() -> None:
    """Back to all groups."""
    st.session_state.update(
        {"show": Only.ALL.value, "least": 2, "text": "", "p": 1, "kind": [], "folder": [], "among": Among.ANY,
         "since": None, "until": None, "as": "", "by": "", "is": []}
    )  # fmt: skip
    st.session_state.pop("score", None)
