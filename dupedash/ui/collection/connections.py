"""The collections that this instance knows: test, use, forget, add a server. Secrets are never shown."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import streamlit as st

from dupedash import wording
from dupedash.config import Workspace
from dupedash.connect import Connection, Engine, FlowOptions, changed, connect, flow_connection
from dupedash.errors import DupedashError
from dupedash.flow.client import FlowCollection, FlowNames, FlowSettings, changed_names
from dupedash.ui import errors, state
from dupedash.ui.collection import on_cluster
from dupedash.ui.shared import inputs
from dupedash.ui.state import View

_KINDS = {
    Engine.EMBEDDED: "On this machine", Engine.FLOW: "Flow server", Engine.ELSEWHERE: "A scan made elsewhere",
}  # fmt: skip
_KEPT = "Kept in a file that only you can read."
_PLACES = (
    "Flow keeps no pictures, only an address of each. A folder or a URL that goes before each address; or "
    "one with {image}, {filename}, {id} or another field in it; or {image} alone, where the addresses are "
    "URLs of the open Internet. Empty: no pictures are shown."
)


def draw(view: View) -> None:
    """One row each, then the form for another server."""
    known = view.connections.list()
    if not known:
        st.caption("None yet. Add a folder on the Collection page, or a Flow server here.")
    for connection in known:
        _draw_one(view, connection)
    st.subheader("Add a Flow server", anchor=False)
    with errors.shown():
        _draw_form(view)
    st.subheader("A scan made elsewhere", anchor=False)
    on_cluster.draw(view)


def _draw_one(view: View, connection: Connection) -> None:
    key = f"connection-{connection.name}"
    changing = bool(st.session_state.get(f"{key}.changing"))
    with st.container(border=True, key=key):
        name, where, act = st.columns((2.2, 3.2, 2.6), vertical_alignment="center")
        chosen = view.connection is not None and view.connection.name == connection.name
        mark = " :green-badge[in use]" if chosen else ""
        kind = _KINDS[connection.engine]
        name.markdown(f"**{errors.as_text(connection.name)}**{mark}  \n:small[:gray[{kind}]]")
        if connection.engine is not Engine.EMBEDDED:
            where.caption(errors.as_text(connection.where))
        with act.container(horizontal=True, horizontal_alignment="right", gap="small"):
            _draw_actions(view, connection, chosen, key)
        if st.session_state.get(f"{key}.tested"):
            _show_test(st.session_state[f"{key}.tested"])
        if changing and connection.flow is not None:
            with errors.shown():
                _draw_change(view, connection, connection.flow, key)


def _draw_actions(view: View, connection: Connection, chosen: bool, key: str) -> None:
    if st.button("Use", key=f"{key}.use", disabled=chosen):
        use(connection.name)
    if st.button("Test", key=f"{key}.test"):
        st.session_state[f"{key}.tested"] = test(connection, view.settings.workspace)
        st.rerun()
    if connection.engine is Engine.EMBEDDED or not view.editor:
        return
    if connection.engine is Engine.FLOW and st.button("Change", key=f"{key}.change"):
        st.session_state[f"{key}.changing"] = not st.session_state.get(f"{key}.changing")
        st.rerun()
    if st.button("Forget", key=f"{key}.forget", type="tertiary"):
        view.connections.remove(connection.name)
        st.rerun()


def use(name: str) -> None:
    """Look at this collection from now on."""
    st.session_state[state.WANTED_COLLECTION] = name
    st.rerun()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a test, in words; `well` False: it answered, but its pictures cannot be read."""

    answered: bool
    words: str
    well: bool = True


def test(connection: Connection, workspace: Workspace) -> Outcome:
    """Ask it how many images it has, and for pictures."""
    try:
        collection = connect(connection, workspace)
        try:
            count, fields = collection.count(), len(collection.fields())
            pictures = collection.try_pictures() if isinstance(collection, FlowCollection) else None
        finally:
            collection.close()
    except DupedashError as error:
        return Outcome(False, str(error))
    counted = f"{wording.plural(count, 'image')}, {wording.plural(fields, 'field')}"
    answer = f"It answers: {counted}."
    return Outcome(True, f"{answer} {pictures.words}", pictures.well) if pictures else Outcome(True, answer)


def _show_test(outcome: Outcome) -> None:
    show, icon = (st.success, "check_circle") if outcome.well else (st.warning, "warning")
    if not outcome.answered:
        show, icon = st.error, "error"
    show(errors.as_text(outcome.words), icon=f":material/{icon}:")


def _draw_form(view: View) -> None:
    with st.form("add-server", clear_on_submit=False, border=True):
        left, right = st.columns((2, 1))
        url = left.text_input("Address", placeholder="http://flow.example:8983/api/cores/my-collection")
        name = right.text_input("Name", placeholder="as on the server", max_chars=64)
        core = left.text_input("Collection on the server", placeholder="from the address")
        api_key = right.text_input("API key", type="password", help=_KEPT)
        st.caption("A user and password can stand in the address; they are taken out of it and kept apart.")
        options = _draw_options("add-server", FlowSettings(""))
        tried = st.form_submit_button("Test and add", type="primary", icon=":material/lan:")
    if tried:
        options = replace(options, api_key=api_key)
        add(view, flow_connection(url, name.strip(), core.strip(), options))


def _draw_options(key: str, now: FlowSettings) -> FlowOptions:
    """Fields for what may be said of a server beside its address; secrets that are there are not shown."""
    places = st.text_input(
        "Where its pictures are",
        now.images.where,
        key=f"{key}.images",
        placeholder="https://images.example/ or /mnt/photos or https://images.example/{sku}.jpg",
        help=_PLACES,
    )
    left, right = st.columns(2)
    headers = left.text_area(
        "Headers for the pictures",
        key=f"{key}.headers",
        height=68,
        placeholder="Authorization: Bearer …",
        help=f"One a line, sent to the host of the pictures only. {_KEPT}",
    )
    names = right.text_area(
        "Other names of parameters",
        "\n".join(changed_names(now.names)),
        key=f"{key}.names",
        height=68,
        placeholder="rank.by.data=name on the server",
        help="One a line, for parameters of which Flow's documentation does not give the name: "
        f"{', '.join(str(each.default) for each in fields(FlowNames))}.",
    )
    certificates = st.text_input(
        "File of certificates", now.certificates, key=f"{key}.certificates", placeholder="the public ones"
    )
    return FlowOptions("", places, inputs.lines(headers), inputs.lines(names), certificates.strip())


def _draw_change(view: View, connection: Connection, flow: FlowSettings, key: str) -> None:
    with st.form(f"{key}.form", border=False):
        options = _draw_options(key, flow)
        api_key = st.text_input("API key", type="password", placeholder="as it is", help=_KEPT)
        st.caption("Headers and key stay as they are where nothing is entered and the host is the same.")
        saved = st.form_submit_button("Test and save", type="primary", icon=":material/lan:")
    if saved:
        after = changed(connection, replace(options, api_key=api_key))
        st.session_state[f"{key}.tested"] = test(after, view.settings.workspace)
        view.connections.add(after)
        st.session_state[f"{key}.changing"] = False
        st.rerun()


def add(view: View, connection: Connection) -> None:
    """Keep it if it answers. Raises ConfigError, CollectionError, Forbidden."""
    connections = view.connections
    outcome = test(connection, view.settings.workspace)
    if not outcome.answered:
        _show_test(outcome)
        return
    connections.add(connection)
    st.session_state[f"connection-{connection.name}.tested"] = outcome
    use(connection.name)
