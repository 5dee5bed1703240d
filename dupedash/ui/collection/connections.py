"""The collections that this instance knows: test, use, forget, add a server. Secrets are never shown."""

from __future__ import annotations

import streamlit as st

from dupedash import wording
from dupedash.config import Workspace
from dupedash.connect import Connection, Engine, connect, flow_connection
from dupedash.errors import DupedashError
from dupedash.ui import errors, state
from dupedash.ui.state import View


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


def _draw_one(view: View, connection: Connection) -> None:
    key = f"connection-{connection.name}"
    with st.container(border=True, key=key):
        name, where, act = st.columns((2.2, 3.2, 2.6), vertical_alignment="center")
        chosen = view.connection is not None and view.connection.name == connection.name
        mark = " :green-badge[in use]" if chosen else ""
        kind = "On this machine" if connection.engine is Engine.EMBEDDED else "Flow server"
        name.markdown(f"**{errors.as_text(connection.name)}**{mark}  \n:small[:gray[{kind}]]")
        if connection.engine is Engine.FLOW:
            where.caption(errors.as_text(connection.where))
        with act.container(horizontal=True, horizontal_alignment="right", gap="small"):
            _draw_actions(view, connection, chosen, key)
        if st.session_state.get(f"{key}.tested"):
            _show_test(st.session_state[f"{key}.tested"])


def _draw_actions(view: View, connection: Connection, chosen: bool, key: str) -> None:
    if st.button("Use", key=f"{key}.use", disabled=chosen):
        use(connection.name)
    if st.button("Test", key=f"{key}.test"):
        st.session_state[f"{key}.tested"] = test(connection, view.settings.workspace)
        st.rerun()
    forgettable = connection.engine is Engine.FLOW and view.editor
    if forgettable and st.button("Forget", key=f"{key}.forget", type="tertiary"):
        view.connections.remove(connection.name)
        st.rerun()


def use(name: str) -> None:
    """Look at this collection from now on."""
    st.session_state[state.WANTED_COLLECTION] = name
    st.rerun()


def test(connection: Connection, workspace: Workspace) -> tuple[bool, str]:
    """Ask it how many images it has: (it answered, a sentence)."""
    try:
        collection = connect(connection, workspace)
        try:
            count, fields = collection.count(), len(collection.fields())
        finally:
            collection.close()
    except DupedashError as error:
        return False, str(error)
    return True, f"It answers: {wording.plural(count, 'image')}, {wording.plural(fields, 'field')}."


def _show_test(outcome: tuple[bool, str]) -> None:
    answered, text = outcome
    show = st.success if answered else st.error
    show(errors.as_text(text), icon=":material/check_circle:" if answered else ":material/error:")


def _draw_form(view: View) -> None:
    with st.form("add-server", clear_on_submit=False, border=True):
        left, right = st.columns((2, 1))
        url = left.text_input("Address", placeholder="http://flow.example:8983/api/cores/my-collection")
        name = right.text_input("Name", placeholder="as on the server", max_chars=64)
        core = left.text_input("Collection on the server", placeholder="from the address")
        api_key = right.text_input("API key", type="password", help="Kept in a file that only you can read.")
        st.caption("A user and password can stand in the address; they are taken out of it and kept apart.")
        tried = st.form_submit_button("Test and add", type="primary", icon=":material/lan:")
    if tried:
        add(view, flow_connection(url, name.strip(), core.strip(), api_key))


def add(view: View, connection: Connection) -> None:
    """Keep it if it answers. Raises ConfigError, CollectionError, Forbidden."""
    connections = view.connections
    answered, text = test(connection, view.settings.workspace)
    if not answered:
        _show_test((False, text))
        return
    connections.add(connection)
    st.session_state[f"connection-{connection.name}.tested"] = (True, text)
    use(connection.name)
