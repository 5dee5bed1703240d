"""How applying and undoing a plan are told while they run."""

from __future__ import annotations

import streamlit as st

from dupedash.jobs import Job
from dupedash.ui import errors
from dupedash.ui.jobs import JobKind
from dupedash.ui.state import View


def _draw_done(view: View, job: Job) -> None:
    view.forget_answers()
    mark = ":orange[:material/warning:]" if "failed" in job.result else ":green[:material/check_circle:]"
    st.markdown(f"{mark} {errors.as_text(job.result)}. The journal has each step.")


KINDS = {
    "apply": JobKind("Applying the plan", "steps", done=_draw_done),
    "undo": JobKind("Undoing the plan", "steps", done=_draw_done),
}
