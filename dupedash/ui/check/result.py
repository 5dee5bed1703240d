"""What came of a check: verdict, hits and answer for each image; doing it, taking it back, files."""

from __future__ import annotations

from collections import Counter
from functools import partial
from html import escape

import streamlit as st

from dupedash import wording
from dupedash.check import (
    Added,
    Answer,
    Checked,
    Finding,
    Gate,
    Placing,
    Report,
    add_checked,
    report_to_csv,
    report_to_json,
    take_back,
    to_be_added,
)
from dupedash.collection import Rooted
from dupedash.errors import Conflict, UnknownImage, UnreadableImage
from dupedash.images import apart
from dupedash.images.encode import inline
from dupedash.model import Hit
from dupedash.scans.export import json_text
from dupedash.system.utf8 import encoded
from dupedash.ui import jobs, style
from dupedash.ui.check import answers
from dupedash.ui.check.current import Result, current_result
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.errors import as_text, shown
from dupedash.ui.shared import widgets
from dupedash.ui.shared.widgets import Fact
from dupedash.ui.state import View

PER_PAGE, HITS = 10, 7
_COLOURS = {
    Finding.NEW: "green",
    Finding.UNSURE: "orange",
    Finding.NEAR: "blue",
    Finding.EXACT: "violet",
    Finding.SAME_FILE: "violet",
}


KINDS = {"check": jobs.JobKind("Checking", "images", quiet=True)}
"""How a check of many images is told while it runs."""
_LOOK_SECONDS = 3


def draw(view: View, gate: Gate) -> None:
    """What this visitor checked last, or what a job found so far."""
    known = current_result(view, gate)
    if known is None:
        return
    style.sheet("clear.css")
    running = not known.complete and any(job.active for job in jobs.of_collection(view, "check"))

    @st.fragment(run_every=_LOOK_SECONDS if running else None)
    def body() -> None:
        now = current_result(view, gate)
        if now is not None:
            _draw_result(view, now)

    body()


def _draw_result(view: View, known: Result) -> None:
    report = known.report
    if not report.checked and not report.failures:
        return
    facts = [Fact(str(f).capitalize(), wording.count(report.count(f))) for f in Finding]
    widgets.facts(facts)
    rate = f"{wording.rate(len(report.checked) / report.seconds)} · " if report.seconds else ""
    when = f" · begun {wording.ago(known.stored.created)}" if known.stored else ""
    st.caption(
        f"{wording.plural(len(report.checked), 'image')} · {rate}the batch: {as_text(report.inside)}{when}"
    )
    _draw_failures(report)
    bar = st.container(horizontal=True, vertical_alignment="center")
    chosen = _draw_images(view, known, report)
    with bar, shown():
        _draw_bar(view, known, report, chosen)


def _draw_failures(report: Report) -> None:
    if report.failures:
        count = wording.plural(len(report.failures), "image")
        with st.expander(f"{count} could not be checked", icon=":material/error:", expanded=True):
            whats, reasons = [f.what for f in report.failures], [f.reason for f in report.failures]
            st.dataframe({"image": whats, "reason": reasons}, hide_index=True)


def _draw_images(view: View, known: Result, report: Report) -> list[Checked]:
    """The images page by page; all come back, with the answers that were chosen by hand."""
    shown_findings = st.pills(
        "Show", [f for f in Finding if report.count(f)], selection_mode="multi",
        key=f"check.show.{known.number}", format_func=lambda f: str(f).capitalize(),
        label_visibility="collapsed",
    )  # fmt: skip
    places = [
        n for n, one in enumerate(report.checked) if not shown_findings or one.finding in shown_findings
    ]
    open_ = [place for place in places if report.checked[place].analysis is not None]
    if answers.may_be_chosen(view, known) and len(open_) > 1:
        answers.draw_many(known, open_, report.checked)
    pages = -(-len(places) // PER_PAGE)
    page = st.pagination(pages, key=f"check.page.{known.number}") if pages > 1 else 1
    for place in places[(page - 1) * PER_PAGE : page * PER_PAGE]:
        with st.container(border=True):
            _draw_one(view, known, place, report.checked[place])
    return answers.by_hand(known, report.checked)


def _draw_one(view: View, known: Result, place: int, one: Checked) -> None:
    left, right = st.columns((4, 1.3), vertical_alignment="center")
    here = f" · in the collection as {as_text(one.known_as)}" if one.known_as else ""
    badge = f":{_COLOURS[one.finding]}-badge[{str(one.finding).capitalize()}]"
    words = as_text(one.words(partial(_called, view)))
    left.markdown(f"{badge} **{as_text(_name(view, one))}**  \n:small[:gray[{words}{here}]]")
    if answers.may_be_chosen(view, known) and one.analysis is not None:
        with right:
            answers.draw_one(known, place, one)
    figures = [_checked_figure(view, one)]
    figures += [_hit_figure(view, hit) for hit in one.hits[:HITS]]
    figures += [_inside(known, hit) for hit in one.inside[:HITS]]
    st.html(f'<div class="dd-plan">{"".join(figures)}</div>')
    if one.left_out:
        st.caption(f"{wording.plural(one.left_out, 'hit')} left out: decided not to be a duplicate.")
    more = max(0, len(one.hits) - HITS)
    if more or one.truncated:
        st.caption(f"… and {more:,} more hits{' or even more' if one.truncated else ''}.")


def _name(view: View, one: Checked) -> str:
    return _called(view, one.item.id) if one.item.id else _last(one.item.name)


def _called(view: View, image_id: str) -> str:
    """The file name of an image of the collection; what is none, or was removed since, is called as it is."""
    try:
        return view.collection.records([image_id])[0].filename
    except UnknownImage:
        return _last(image_id)


def _checked_figure(view: View, one: Checked) -> str:
    url = thumb_url(view.collection.name, one.item.id) if one.item.id else _inline(one)
    return _figure("checked", url, "this image", _name(view, one), "", one.item.name)


def _inline(one: Checked) -> str:
    data = _thumb(one)
    return inline(data) if data else ""


@st.cache_data(max_entries=500, show_spinner=False, hash_funcs={Checked: lambda one: one.content})
def _thumb(one: Checked) -> bytes | None:
    try:
        return apart.thumbnail(one.item.read()) if one.item.read else None
    except UnreadableImage:  # a file that changed since: the verdict stands, without its picture
        return None


def _hit_figure(view: View, hit: Hit) -> str:
    try:
        record = view.collection.records([hit.id])[0]
    except UnknownImage:  # removed since the check
        return _figure("goes", "", f"{hit.score:.2f}", hit.id, "no longer in the collection", hit.id)
    url = thumb_url(view.collection.name, record.id, record.content)
    return _figure("stays", url, f"{hit.score:.2f}", record.filename, _why(hit), record.location)


def _inside(known: Result, hit: Hit) -> str:
    earlier = next((one for one in known.found.checked if one.item.name == hit.id), None)
    url = _inline(earlier) if earlier else ""
    return _figure("goes", url, f"{hit.score:.2f} in this batch", _last(hit.id), _why(hit), hit.id)


def _figure(kind: str, url: str, mark: str, name: str, words: str, title: str) -> str:
    """One image as HTML, every text escaped."""
    image = f'<img src="{escape(url)}" alt="{escape(name)}" loading="lazy">' if url else ""
    return (
        f'<figure class="{kind}" title="{escape(title)}">{image}<figcaption><b>{escape(mark)}</b><br>'
        f"<span>{escape(name)}</span><small>{escape(words)}</small></figcaption></figure>"
    )


def _why(hit: Hit) -> str:
    return hit.explanation.words() if hit.explanation else ""


def _last(name: str) -> str:
    return name.rstrip("/").replace("\\", "/").rsplit("/", 1)[-1] or name


def _draw_bar(view: View, known: Result, report: Report, chosen: list[Checked]) -> None:
    counts = Counter(one.answer for one in chosen if one.analysis is not None)
    doing = sum(count for answer, count in counts.items() if answer.adds)
    if known.added is not None:
        _draw_added(view, known, known.added)
    elif known.complete and view.editor and st.button(
        f"Do it: {wording.plural(doing, 'image')}", type="primary", key="check.do", disabled=not doing,
        help="What the answers beside the images say.",
    ):  # fmt: skip
        confirm(view, known, chosen, counts)
    for label, make, name, kind in (
        (
            "JSON",
            lambda: encoded(json_text(report_to_json(view.collection, report), indent=1)),
            "check.json",
            "application/json",
        ),
        ("CSV", lambda: encoded(report_to_csv(view.collection, report)), "check.csv", "text/csv"),
    ):
        st.download_button(label, make, name, kind, icon=":material/download:", on_click="ignore", key=name)


@st.dialog("Change the collection?")
def confirm(view: View, known: Result, chosen: list[Checked], counts: Counter[Answer]) -> None:
    """Ask once more, with the counts."""
    said = [f"**{counts[answer]:,}** to {answer}" for answer in Answer if counts[answer]]
    st.markdown(", ".join(said) + ".")
    st.caption(
        "Rejected images and those that are still to be asked about are not added. It can be taken back."
    )
    if st.button("Do it", type="primary", key="check.do.yes"):
        with shown():
            collection = view.writable()
            into = (
                view.settings.workspace.uploads / collection.name if isinstance(collection, Rooted) else None
            )
            if known.stored and known.stored.added:
                raise Conflict("This was done already, from another window.")
            known.remember(
                add_checked(collection, to_be_added(chosen), Placing({}, into), view.settings.workspace)
            )
            view.forget_answers()
            st.rerun()


def _draw_added(view: View, known: Result, added: Added) -> None:
    done = len(added.added) + len(added.overwritten)
    said = (
        f"{wording.plural(done, 'image')} added or overwritten." if done else "Done: what is new was added."
    )
    st.markdown(f":green[:material/check_circle:] {said}")
    if added.failed:
        reasons = "; ".join(f"{failure.what}: {failure.reason}" for failure in added.failed)
        st.caption(f":orange[:material/warning:] {as_text(reasons)}")
    if view.editor and added.record and st.button("Take it back", icon=":material/undo:", key="check.undo"):
        view.settings.must_write()
        take_back(view.writable(), added.record)
        known.remember(None)
        view.forget_answers()
        st.rerun()
