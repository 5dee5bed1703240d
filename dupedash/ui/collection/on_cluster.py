"""A scan on a Dask cluster, started here and opened when it is done; and one that was made elsewhere."""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from dupedash.config import as_collection_name
from dupedash.errors import ConfigError
from dupedash.jobs import Job
from dupedash.model import FLOOR, ScanMode
from dupedash.scans.elsewhere import open_elsewhere
from dupedash.ui import errors, jobs, state
from dupedash.ui.shared import inputs
from dupedash.ui.state import View


def draw(view: View) -> None:
    """What runs, then the two forms."""
    jobs.panel(view, {"cluster": jobs.JobKind("Scan on a cluster", "images", about=_about, done=_draw_done)})
    with errors.shown():
        _draw_open(view)
    if view.editor:
        with st.expander("Scan on a Dask cluster", icon=":material/lan:"), errors.shown():
            _draw_start(view)


def _about(job: Job) -> str:
    """Where Dask's own dashboard is, as long as it runs."""
    return f"Dask's dashboard: {job.result}" if job.active and job.result else job.arguments["out"]


def _draw_done(view: View, job: Job) -> None:
    name = str(job.arguments["collection"])
    st.caption(f"It is the collection {errors.as_text(name)}.")
    if view.connection is None or view.connection.name != name:
        st.button("Open it", key=f"cluster.open.{job.id}", type="primary", on_click=_use, args=(name,))


def _use(name: str) -> None:
    st.session_state[state.WANTED_COLLECTION] = name


def _draw_open(view: View) -> None:
    with st.form("open-scan", border=True):
        left, right = st.columns((2, 1))
        place = left.text_input("Folder or address", placeholder="/mnt/scans/photos or s3://bucket/photos")
        name = right.text_input("Name", key="open-scan.name", placeholder="as the folder", max_chars=64)
        st.caption("What `dupedash scan --cluster` wrote with --out. Its thumbnails are read from there.")
        tried = st.form_submit_button("Open", type="primary", icon=":material/cloud_download:")
    if tried:
        _use(open_elsewhere(view.settings.workspace, place.strip(), name.strip()).collection)
        st.rerun()


def _draw_start(view: View) -> None:
    with st.form("cluster-scan", border=False):
        images = st.text_area(
            "Images", key="cluster.images", height=68, placeholder="s3://bucket/photos",
            help="Folders and addresses, one a line; the workers must reach them.",
        )  # fmt: skip
        left, right = st.columns(2)
        out = left.text_input("Result", key="cluster.out", placeholder="s3://bucket/result or /mnt/result")
        cluster = right.text_input(
            "Cluster", "local", key="cluster.address",
            help="The address of Dask's scheduler (tcp://host:8786), or local:3 for three processes here.",
        )  # fmt: skip
        started = st.form_submit_button("Start", icon=":material/play_arrow:")
    if started:
        _start(view, inputs.lines(images), out.strip(), cluster.strip())


def _start(view: View, images: tuple[str, ...], out: str, cluster: str) -> None:
    if not (images and out and cluster):
        raise ConfigError("Say which images, where the result goes, and on which cluster.")
    name = as_collection_name(PurePosixPath(out).name)
    _use(name)
    jobs.start(
        view, "cluster",
        {"collection": name, "cluster": cluster, "images": list(images), "out": out,
         "mode": str(ScanMode.BALANCED), "floor": FLOOR},
    )  # fmt: skip
