"""What is checked, against what, by which rules; the check itself."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from secrets import token_hex
from urllib.parse import urlsplit

import streamlit as st

from dupedash.check import (
    GATES,
    Bands,
    CheckStore,
    Gate,
    Item,
    Wanted,
    check_images,
    compare_inside,
    of_upload,
)
from dupedash.errors import ConfigError
from dupedash.model import FLOOR, Failure
from dupedash.ui import jobs
from dupedash.ui.check import pick
from dupedash.ui.check.current import Result, show_check, show_result
from dupedash.ui.door.access import Role
from dupedash.ui.door.uploadlimits import ALLOWANCES
from dupedash.ui.errors import shown
from dupedash.ui.filters import builder, saved
from dupedash.ui.shared.inputs import existing, lines
from dupedash.ui.state import View

FEW = 3
"""So many uploads, ids or addresses are checked at once; more, folders and archives in the background."""
MOST_AT_ONCE = 500
"""Images that a viewer, who has no job in the background, checks at once: their analyses take 30 kB each."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What was chosen to be checked: `wanted`, and the uploads for it; `many`: better in the background."""

    wanted: Wanted
    uploads: tuple[tuple[str, bytes], ...] = ()
    many: bool = False

    def items(self) -> Iterable[Item | Failure]:
        """The images, read lazily."""
        return chain(self.wanted.items(), *(of_upload(*file) for file in self.uploads))


class Source(StrEnum):
    """Where the images come from."""

    UPLOAD = "Upload"
    URL = "URL"
    ID = "Image of the collection"
    FOLDER = "Folder on this machine"


def draw(view: View) -> Gate:
    """The form; starts the check. The rules come back, the usual ones where they cannot be used."""
    form, rules = st.columns((2.2, 1.3), gap="medium")
    gate = next(iter(GATES.values()))
    with rules.container(border=True, height="stretch"), shown():
        gate = _draw_gate()
    with form.container(border=True, height="stretch"), shown():
        request = _draw_source(view)
        fq = _draw_filter(view)
        # A text is sent only when it is left, perhaps for this button: so it must not be dead until then.
        uploading = request is None and st.session_state.get("check.source") == Source.UPLOAD
        begin = st.button(
            "Check", type="primary", icon=":material/fact_check:", key="check.start", disabled=uploading
        )
        if begin and fq is not None:
            if request is None:
                raise ConfigError("There is nothing to check yet: name an image.")
            _begin(view, request, gate, fq)
    return gate


def _draw_source(view: View) -> CheckRequest | None:
    name = view.collection.name
    sources = [source for source in Source if view.editor or source is not Source.FOLDER]
    source = st.segmented_control(
        "Images", sources, default=Source.UPLOAD, required=True, key="check.source",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if source is Source.UPLOAD:
        most = ALLOWANCES[Role.EDITOR if view.editor else Role.VIEWER].bytes >> 20
        files = st.file_uploader(
            "Images, or zip archives of images", accept_multiple_files=True, key="check.files",
            max_upload_size=min(most, st.get_option("server.maxUploadSize")),
        )  # fmt: skip
        return _of_uploads(name, [(f.name, f.getvalue()) for f in files]) if files else None
    if source is Source.URL:
        return _of_urls(
            name, st.text_area("Addresses, one per line", key="check.url", height=90, placeholder="https://…")
        )
    if source is Source.ID:
        ids = pick.draw(view)
        return CheckRequest(Wanted(name, ids=ids), many=len(ids) > FEW) if ids else None
    path = st.text_input("Folder, file or zip archive", key="check.folder", placeholder="/home/me/new")
    if not path.strip():
        return None
    view.settings.must_write()  # what lies on this machine is not shown to everyone
    return CheckRequest(Wanted(name, (str(existing(path)),)), many=True)


def _of_uploads(name: str, files: list[tuple[str, bytes]]) -> CheckRequest:
    archive = any(zipfile.is_zipfile(io.BytesIO(data)) for _, data in files)
    return CheckRequest(Wanted(name), tuple(files), archive or len(files) > FEW)


def _of_urls(name: str, text: str) -> CheckRequest | None:
    urls = lines(text)
    for url in urls:
        must_be_web(url)
    return CheckRequest(Wanted(name, urls), many=len(urls) > FEW) if urls else None


def must_be_web(url: str) -> None:
    """Raises ConfigError for anything but http and https: a path must not be taken for an address."""
    try:
        kind, host = urlsplit(url).scheme, urlsplit(url).hostname
    except ValueError:
        kind, host = "", None
    if kind not in ("http", "https") or not host:
        raise ConfigError(f"{url[:200]!r} is not a web address: it begins with http:// or https://.")


def _draw_filter(view: View) -> tuple[str, ...] | None:
    """The filter on what is searched, () for everything, None where it cannot be used."""
    with st.expander("Search only a part of the collection", icon=":material/filter_alt:"):
        fields = view.fields()
        built = builder.draw("check.fq", fields, view.values)
        saved.draw(view, "check.fq", built, fields)
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


def _begin(view: View, request: CheckRequest, gate: Gate, fq: tuple[str, ...]) -> None:
    """Few images in this session; many in a job that everybody sees and that outlives the page.

    Hits are kept from FLOOR on, so that the rules can be changed afterwards. A viewer, who may leave nothing
    behind, waits for many as well.
    """
    floor = min(FLOOR, gate.bands.unsure)
    if request.many and view.editor:
        wanted = replace(request.wanted, fq=fq, floor=floor)
        stored = CheckStore(view.settings.workspace).create(wanted, request.uploads)
        show_check(stored)
        jobs.start(view, "check", {"collection": wanted.collection, "check": stored.id})
    wide = replace(gate, bands=replace(gate.bands, unsure=floor))
    items = list(request.items())
    if len(items) > MOST_AT_ONCE:
        raise ConfigError(
            f"These are {len(items):,} images: without the rights to edit, at most {MOST_AT_ONCE:,} are "
            "checked at once. Choose some of them, or ask for a link to edit."
        )
    with st.spinner("Checking …"):
        found = check_images(
            view.collection,
            items,
            wide,
            fq=fq,
            inside=compare_inside,
            workers=os.cpu_count() or 1,
            decisions=view.decisions,
        )
    show_result(Result(token_hex(4), view.collection.name, found, gate))
