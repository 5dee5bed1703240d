"""What is checked, against what, by which rules; the check itself."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from urllib.parse import urlsplit

import streamlit as st

from dupedash.check import (
    GATES,
    Added,
    Bands,
    Gate,
    Item,
    Report,
    check_images,
    compare_inside,
    of_ids,
    of_sources,
    of_upload,
)
from dupedash.errors import ConfigError
from dupedash.fetch import UrlAccess
from dupedash.model import Failure, Progress
from dupedash.ui import addimages, filters, scope
from dupedash.ui.state import FLOOR, View

_RESULT = "check.result"
Items = Iterable[Item | Failure]


class Source(StrEnum):
    """Where the images come from."""

    UPLOAD = "Upload"
    URL = "URL"
    ID = "Image of the collection"
    FOLDER = "Folder on this machine"


@dataclass(slots=True)
class Result:
    """What this visitor checked last. `number` tells results apart, `added` is what was done with it."""

    number: int
    collection: str
    found: Report
    gate: Gate
    added: Added | None = None

    @property
    def report(self) -> Report:
        """What was found, judged by the rules as they are now; nothing is searched or analysed again."""
        return self.found.judged(self.gate)


def result(view: View) -> Result | None:
    """The last result, where it is about the chosen collection."""
    known: Result | None = st.session_state.get(_RESULT)
    return known if known and view.connection and known.collection == view.connection.name else None


def draw(view: View) -> None:
    """The form; starts the check."""
    form, rules = st.columns((2.2, 1.3), gap="medium")
    with form.container(border=True, height="stretch"):
        items = _draw_source(view)
        fq = _draw_filter(view)
        begin = st.button("Check", type="primary", icon=":material/fact_check:", key="check.start")
    with rules.container(border=True, height="stretch"):
        gate = _draw_gate()
    known = result(view)
    if known:
        known.gate = gate
    if begin and fq is not None:
        if items is None:
            raise ConfigError("There is nothing to check yet: choose an image, or name it.")
        _run(view, items, gate, fq)


def _draw_source(view: View) -> Items | None:
    sources = [source for source in Source if view.editor or source is not Source.FOLDER]
    source = st.segmented_control(
        "Images", sources, default=Source.UPLOAD, required=True, key="check.source",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if source is Source.UPLOAD:
        files = st.file_uploader(
            "Images, or zip archives of images", accept_multiple_files=True, key="check.files"
        )
        return chain.from_iterable(of_upload(f.name, f.getvalue()) for f in files) if files else None
    if source is Source.URL:
        return _of_urls(
            st.text_area("Addresses, one a line", key="check.url", height=90, placeholder="https://…")
        )
    if source is Source.ID:
        named = st.text_area("Ids, one a line", key="check.id", height=90).split("\n")
        ids = [line.strip() for line in named if line.strip()]
        return of_ids(ids) if ids else None
    path = st.text_input("Folder, file or zip archive", key="check.folder", placeholder="/home/me/new")
    return _of_folder(view, path) if path.strip() else None


def _of_folder(view: View, path: str) -> Iterator[Item | Failure]:
    """Read lazily, but refused at once. Raises Forbidden, ConfigError."""
    view.settings.must_write()  # what lies on this machine is not shown to everyone
    return of_sources([str(addimages.existing(path))])


def _of_urls(text: str) -> Items | None:
    urls = [line.strip() for line in text.split("\n") if line.strip()]
    for url in urls:
        must_be_web(url)
    return of_sources(urls, urls=UrlAccess(allowed=True)) if urls else None


def must_be_web(url: str) -> None:
    """Raises ConfigError for anything but http and https: a path must not be taken for an address."""
    try:
        kind, host = urlsplit(url).scheme, urlsplit(url).hostname
    except ValueError:
        kind, host = "", None
    if kind not in ("http", "https") or not host:
        raise ConfigError(f"{url[:200]!r} is no web address: it begins with http:// or https://.")


def _draw_filter(view: View) -> tuple[str, ...] | None:
    """The filter on what is searched, () for everything, None where it cannot be used."""
    with st.expander("Search only a part of the collection", icon=":material/filter_alt:"):
        fields = view.fields()
        built = scope.draw("check.fq", fields, view.values)
        filters.draw(view, "check.fq", built, fields)
        if built.error:
            return None
        fq = (built.text,) if built.text else ()
        st.caption(f"**{view.count(*fq):,}** of {view.count():,} images are searched.")
    return fq


def _draw_gate() -> Gate:
    name = st.selectbox(
        "Rules", list(GATES), key="check.gate", format_func=str.capitalize, persist_state="session",
        help="What the answer is for each finding. It can be changed image by image before it is done.",
    )  # fmt: skip
    usual = GATES[name].bands
    exact = st.slider(
        "Exact copy from", 0.5, 1.0, usual.exact, 0.01, key="check.exact", persist_state="session"
    )
    near = st.slider("Near copy from", 0.5, 1.0, usual.near, 0.01, key="check.near", persist_state="session")
    unsure = st.slider(
        "Unsure from", 0.5, 1.0, usual.unsure, 0.01, key="check.unsure", persist_state="session"
    )
    gate = Gate(name, Bands(exact, near, unsure), GATES[name].answers)
    said = [f"{finding} → {answer}" for finding, answer in gate.answers.items()]
    st.caption(" · ".join(said))
    return gate


def _run(view: View, items: Items, gate: Gate, fq: tuple[str, ...]) -> None:
    """Check in this session; leaving the page ends it. Hits are kept from FLOOR on: rules can change."""
    bar = st.progress(0.0, text="Checking …")

    def progress(now: Progress) -> None:
        bar.progress(0.0, text=f"{now.done:,} checked · {now.rate:.1f} a second")

    wide = replace(gate, bands=replace(gate.bands, unsure=min(FLOOR, gate.bands.unsure)))
    found = check_images(
        view.collection,
        items,
        wide,
        fq=fq,
        inside=compare_inside,
        workers=os.cpu_count() or 1,
        progress=progress,
    )
    bar.empty()
    before = st.session_state.get(_RESULT)
    number = before.number + 1 if before else 1
    st.session_state[_RESULT] = Result(number, view.collection.name, found, gate)
