"""The form of a new scan: what is scanned, with what it is compared, how thoroughly; and what that takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from dupedash import wording
from dupedash.connect import Engine
from dupedash.errors import QueryError
from dupedash.model import ChangeKind, ScanMode
from dupedash.scans import ScanConfig, estimate
from dupedash.scans.config import MAY_BE_LEFT_OUT
from dupedash.scans.modes import Effort, resolve
from dupedash.ui.filters import builder, saved
from dupedash.ui.shared.scan_modes import MODES, found_words, same_as
from dupedash.ui.state import View
from dupedash.workers import memory


class ScopeChoice(StrEnum):
    """How much of the collection."""

    ALL = "All images"
    SOME = "A part"


class Partner(StrEnum):
    """What the scanned images are compared with."""

    SAME = "With each other"
    ALL = "With all images"
    SOME = "With another part"


_Choice = TypeVar("_Choice", bound=StrEnum)

EVERYTHING = "*:*"


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What the form says: the configuration and how many images it is about.

    config   None where a filter cannot be used
    images   to be scanned; `partners` to compare them with; `total` in the collection
    """

    config: ScanConfig | None
    images: int
    partners: int
    total: int


def draw(view: View) -> ScanRequest:
    """Draw the form; what it says comes back."""
    total = view.count()
    with st.container(border=True):
        st.subheader("What to scan", anchor=False)
        fq = _part(view)
        st.subheader("Compared with", anchor=False)
        against = _partner(view)
    with st.container(border=True):
        embedded = view.collection.engine == Engine.EMBEDDED
        mode, floor, without = _thoroughness(total, embedded)
    if fq is None or against is None:
        return ScanRequest(None, 0, 0, total)
    images = view.count(*fq)
    partners = view.count(*against) if against else images
    return ScanRequest(ScanConfig(mode, floor, fq, against, without), images, partners, total)


def _part(view: View) -> tuple[str, ...] | None:
    part = _choice("Part", ScopeChoice, "scan.part")
    return _filter(view, "scan.fq") if part is ScopeChoice.SOME else ()


def _partner(view: View) -> tuple[str, ...] | None:
    partner = _choice("Compared with", Partner, "scan.partner")
    if partner is Partner.SOME:
        return _filter(view, "scan.against")
    return (EVERYTHING,) if partner is Partner.ALL else ()


def _choice(label: str, kind: type[_Choice], key: str, words: Callable[[_Choice], str] = str) -> _Choice:
    chosen = st.segmented_control(
        label, list(kind), default=next(iter(kind)), required=True, key=key, format_func=words,
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return kind(chosen)


def _filter(view: View, name: str) -> tuple[str, ...] | None:
    """The filter that was built, () where it asks nothing, None where it cannot be used."""
    fields = view.fields()
    built = builder.draw(name, fields, view.values)
    saved.draw(view, name, built, fields)
    if built.error:
        return None
    fq = (built.text,) if built.text else ()
    try:
        found = view.count(*fq)
    except QueryError as error:
        built.error = error
        st.rerun()
    st.caption(f"**{found:,}** of {wording.plural(view.count(), 'image')}")
    return fq


def _thoroughness(total: int, embedded: bool) -> tuple[ScanMode, float, tuple[ChangeKind, ...]]:
    st.subheader("How thoroughly", anchor=False)
    mode = _choice("Mode", ScanMode, "scan.mode", lambda m: MODES[m].name)
    effort = resolve(mode, total)
    said = [MODES[mode].line, found_words(effort.smartfilter) if embedded else "", _same(mode, total)]
    st.caption(" ".join(filter(None, said)), help=_parameters(effort, total))
    with st.expander("More"):
        floor = st.slider(
            "Keep matches from this score on", 0.30, 0.90, 0.50, 0.05, key="scan.floor",
            persist_state="session", help="The threshold can later be moved down to here without a new scan.",
        )  # fmt: skip
        without = tuple(kind for kind in MAY_BE_LEFT_OUT if _left_out(kind, embedded))
    return mode, floor, without


def _same(mode: ScanMode, total: int) -> str:
    """That it makes no difference which of two modes is chosen."""
    names = [MODES[other].name for other in same_as(mode, total)]
    return f"For {wording.plural(total, 'image')} it does the same as {' and '.join(names)}." if names else ""


def _parameters(effort: Effort, total: int) -> str:
    """What Flow is told, for those who know its documentation."""
    return f"For {wording.plural(total, 'image')} it searches with `{effort.words()}`."


def _left_out(kind: ChangeKind, embedded: bool) -> bool:
    """Ask whether pairs that match only so are left out."""
    known = "" if embedded else " This server does not say how two images match: what it reports stays."
    return st.toggle(
        f"Without {kind} images", key=f"scan.without-{kind}", persist_state="session",
        help=f"Leaves out pairs that match only {kind}: icons of a set, arrows left and right.{known}",
    )  # fmt: skip


def takes(request: ScanRequest, view: View) -> str:
    """About how long it will take, by the scans that ran on this machine, else that it is a guess; and how
    much memory."""
    config = request.config
    if config is None:
        return ""
    effort = resolve(config.mode, request.total)
    images = estimate.to_search(view.collection, view.store, config, effort, request.images, request.partners)
    pace = estimate.pace(view.collection, view.store.list(), effort)
    told = wording.duration(estimate.seconds(images, pace))
    needed = estimate.memory_words(estimate.memory(view.collection, request.total), memory.usable())
    return f"Takes {told}{'' if pace else ', perhaps: none has run here yet'}. {needed}"
