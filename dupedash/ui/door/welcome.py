"""What is done when the dashboard is up: it says where it is, and goes on with what was paused at its end."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from streamlit import config as streamlit_config

from dupedash.config import flag, settings
from dupedash.errors import DupedashError
from dupedash.jobs import Jobs
from dupedash.jobs.pausing import go_on, pause
from dupedash.storage import folder
from dupedash.system.screen import browse
from dupedash.ui.door.access import Access, current


@asynccontextmanager
async def announce(_app: Any) -> AsyncIterator[None]:
    """Lifespan of the app; ends the start with a sentence where the access rule cannot be made."""
    try:
        if not settings().readonly:
            folder.make(settings().workspace)
        access = current()
        resuming = flag("DUPEDASH_RESUME", os.environ) and not settings().readonly
    except DupedashError as error:
        sys.exit(f"dupedash: {error}")
    address = streamlit_config.get_option("server.address")
    jobs = Jobs(settings().workspace)
    if resuming:
        go_on(jobs)
    port = int(streamlit_config.get_option("server.port"))
    print(words(access, address, port), flush=True)
    if os.environ.get("DUPEDASH_OPEN") == "1":
        browse(first_link(access, address, port))
    yield
    if resuming:
        pause(jobs)


def first_link(access: Access, address: str | None, port: int) -> str:
    """Where whoever started it begins."""
    token = access.viewer if access.readonly else access.editor
    return _url(access, address, port) + (f"?token={token}" if access.required else "")


def words(access: Access, address: str | None, port: int) -> str:
    """The lines to print."""
    url = _url(access, address, port)
    if not access.required:
        return f"\n  dupedash is at  {url}\n"
    lines = [f"  editor link     {url}?token={access.editor}"] if not access.readonly else []
    lines.append(f"  viewer link     {url}?token={access.viewer}")
    return "\n  dupedash is up. Whoever has one of these links may come in:\n\n" + "\n".join(lines) + "\n"


def _url(access: Access, address: str | None, port: int) -> str:
    """As DUPEDASH_HOSTS names it, where it does: this machine does not know what a proxy calls it."""
    if access.named:
        first = min(access.named, key=lambda place: place.name)
        return f"http://{first.name}{f':{first.port}' if first.port else ''}/"
    return f"http://{_reachable(address)}:{port}/"


def _reachable(address: str | None) -> str:
    if address in (None, "0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{address}]" if ":" in str(address) else str(address)
