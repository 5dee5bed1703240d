"""The self-test: copies of the user's own images, found or not, and the threshold that serves them best."""

from __future__ import annotations

from base64 import b64encode
from html import escape

import streamlit as st

from dupedash import wording
from dupedash.jobs import Job
from dupedash.report.selftest import failed_words
from dupedash.selftest import SelfTest, Trial, kept, mean_score
from dupedash.ui import jobs
from dupedash.ui.door.routes import thumb_url
from dupedash.ui.errors import as_text
from dupedash.ui.jobs import JobKind
from dupedash.ui.shared import widgets
from dupedash.ui.shared.threshold import threshold_button
from dupedash.ui.state import View

KIND = "selftest"
SHOWN = 24
"""Failed copies that are shown."""


def draw(view: View) -> None:
    """What it is, the last result, and the button. Raises ConfigError."""
    st.caption(
        "Copies of 50 of your images are made in memory by every kind of change and looked up as Check does. "
        "Nothing is written into the collection. It takes a minute or two."
    )
    jobs.panel(view, {KIND: JobKind("Self-test", "copies", done=_done)})
    name = view.require_connection().name
    result = kept(view.settings.workspace, name)
    running = any(job.active for job in jobs.of_collection(view, KIND))
    if (
        view.editor
        and not running
        and st.button(
            "Run it again" if result else "Run the self-test", key="selftest.run", icon=":material/science:"
        )
    ):
        jobs.start(view, KIND, {"collection": name})
    if result is not None:
        draw_result(view, result)


def _done(_view: View, job: Job) -> None:
    st.caption(as_text(job.result))


def draw_result(view: View, result: SelfTest) -> None:
    """Figures at the threshold of the sidebar, the kinds of change, what failed."""
    at, copies = view.threshold, len(result.trials)
    widgets.facts([
        widgets.Fact("Found", wording.share(result.found(at), copies), f"of {copies:,} copies at {at:.2f}"),
        widgets.Fact("Wrong matches", wording.count(result.wrong(at)), "with other images"),
        widgets.Fact("Suggested threshold", f"{result.suggestion():.2f}", wording.ago(result.when)),
    ])  # fmt: skip
    st.caption(f"Suggested: {as_text(result.words)}")
    if abs(result.suggestion() - at) > 0.001:
        threshold_button(result.suggestion(), "selftest.take")
    draw_changes(result, at)
    failed = result.failed(at)
    st.subheader("Copies that failed", anchor=False)
    if not failed:
        st.caption("None of which there is a picture.")
        return
    cards = "".join(card(view, trial, at) for trial in failed[:SHOWN])
    st.html(f'<div class="dd-failed">{cards}</div>')
    if len(failed) > SHOWN:
        st.caption(f"… and {len(failed) - SHOWN:,} more.")


def draw_changes(result: SelfTest, at: float) -> None:
    """A row a kind of change."""
    kinds = result.by_change()
    found = [sum(not trial.missed(at) for trial in trials) for trials in kinds.values()]
    sizes = [len(trials) for trials in kinds.values()]
    rows = {
        "change": list(kinds),
        "found": [100 * count / size for count, size in zip(found, sizes, strict=True)],
        "copies": [f"{count} of {size}" for count, size in zip(found, sizes, strict=True)],
        "mean score": [round(mean_score(trials), 2) for trials in kinds.values()],
        "wrong matches": [sum(trial.mistaken(at) for trial in trials) for trials in kinds.values()],
    }
    bar = st.column_config.ProgressColumn("found", format="%.0f %%", min_value=0, max_value=100)
    st.dataframe(rows, hide_index=True, column_config={"found": bar}, height="content")


def card(view: View, trial: Trial, at: float) -> str:
    """A copy beside its original, and what it was taken for; every text escaped."""
    collection = view.require_connection().name
    others = [trial.image, *([trial.wrong[0][0]] if trial.mistaken(at) else [])]
    copy = f"data:image/jpeg;base64,{b64encode(trial.picture).decode()}"
    sources = [copy, *(thumb_url(collection, image_id, None) for image_id in others)]
    pictures = "".join(f'<img src="{escape(source)}" alt="" loading="lazy">' for source in sources)
    words = escape(failed_words(trial, at))
    return (
        f'<figure title="{escape(trial.location)}"><div>{pictures}</div>'
        f"<figcaption>{words}<small>{escape(trial.location)}</small></figcaption></figure>"
    )
