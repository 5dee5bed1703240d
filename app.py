"""Starts the dashboard: `python app.py` (DUPEDASH_ADDRESS, DUPEDASH_PORT) or `streamlit run app.py`."""

from __future__ import annotations

import gc
import sys

import streamlit as st
from starlette.middleware import Middleware
from uvicorn.config import HTTP_PROTOCOLS

from dupedash.errors import ConfigError
from dupedash.system import utf8
from dupedash.ui.door import launch, routes, shell
from dupedash.ui.door.guard import Guard, SecurityHeaders
from dupedash.ui.door.uploadlimits import UploadLimits
from dupedash.ui.door.welcome import announce
from dupedash.ui.errors import show_uncaught
from dupedash.ui.graph import data
from dupedash.ui.pagetable import FRAME

# A scan of 100,000 images is a million objects that stay. Going through all of them after every 700 new ones
# takes a fifth of the time of a moved threshold; they are not what garbage is made of.
gc.set_threshold(50_000, 20, 50)

# Streamlit starts uvicorn and lets it choose the protocol.
HTTP_PROTOCOLS["auto"] = "dupedash.web.protocol:HttpProtocol"

# An st.App and not the entry script itself: st.navigation beside a sibling pages/ folder breaks the
# first deep link after a start of the server.
app = st.App(
    FRAME,
    routes=[*shell.ROUTES, *routes.ROUTES, *data.ROUTES],
    middleware=[Middleware(SecurityHeaders), Middleware(Guard), Middleware(UploadLimits)],
    lifespan=announce,
    on_script_error=show_uncaught,
)


if __name__ == "__main__":
    utf8.insist()
    try:
        app.run(config=launch.options())
    except ConfigError as error:
        sys.exit(f"dupedash: {error}")
