"""How much visitors may upload into the dashboard's memory: by visitor and together, freed when they leave.

Streamlit takes any number of files from any open page, asked for or not, and keeps them after the page is
closed. A visitor is known by the session of the page; many pages of many visitors share what is for all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from dupedash.ui.door.access import Access, Role, current
from dupedash.ui.door.guard import arrived_locally

_UPLOADS = "/_stcore/upload_file/"
_GRACE = 120.0
"""Seconds for which the files of a closed page are kept: as long as Streamlit lets a page come back."""
_ROUND = 30.0  # seconds between two looks at who has left


@dataclass(frozen=True, slots=True)
class Allowance:
    """What visitors of one role may have in memory: files and bytes of one page, bytes of all pages."""

    files: int
    bytes: int
    together: int


ALLOWANCES: Mapping[Role, Allowance] = {
    Role.VIEWER: Allowance(100, 64 << 20, 256 << 20),
    Role.EDITOR: Allowance(10_000, 1 << 30, 4 << 30),
}
"""A viewer checks some photos, an editor adds thousands."""


class UploadLimits:
    """Refuses uploads beyond the allowance. For the event loop of one server."""

    def __init__(self, app: ASGIApp, rule: Callable[[], Access] = current) -> None:
        self.app = app
        self.rule = rule
        self._arriving: dict[str, list[int]] = {}
        self._roles: dict[str, Role] = {}
        self._left: dict[str, float] = {}
        self._sweeping: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["method"] != "PUT" or not scope["path"].startswith(_UPLOADS):
            await self.app(scope, receive, send)
            return
        session = scope["path"].removeprefix(_UPLOADS).partition("/")[0]
        connection = HTTPConnection(scope)
        length = connection.headers.get("content-length", "")
        if not length.isdecimal():
            await PlainTextResponse("How large is it? Content-Length is missing.", 411)(scope, receive, send)
            return
        access = self.rule()
        token = connection.cookies.get(access.cookie)
        role = access.role(token, local=arrived_locally(scope)) or Role.VIEWER
        if (refusal := self._refusal(session, role, int(length[:20]))) is not None:
            await PlainTextResponse(refusal, 413)(scope, receive, send)
            return
        with self._arrival(session, role, int(length)):
            await self.app(scope, receive, send)
        self._see_who_leaves()

    def _refusal(self, session: str, role: Role, size: int) -> str | None:
        allowed, here = ALLOWANCES[role], self._held(session)
        if len(here) >= allowed.files:
            return f"At most {allowed.files:,} files can be uploaded at once: remove some first."
        if sum(here) + size > allowed.bytes:
            return f"At most {allowed.bytes >> 20:,} MB can be uploaded at once: remove some files first."
        known = [one for one, its_role in self._roles.items() if its_role is role]
        if sum(sum(self._held(one)) for one in {*known, session}) + size > allowed.together:
            return "Others have uploaded much at the moment: try again in a few minutes."
        return None

    def _held(self, session: str) -> list[int]:
        """The sizes of a page's files, those that are still arriving included."""
        files = _stored().file_storage.get(session, {})
        return [*(len(file.data) for file in list(files.values())), *self._arriving.get(session, ())]

    @contextmanager
    def _arrival(self, session: str, role: Role, size: int) -> Iterator[None]:
        self._roles[session] = role
        self._arriving.setdefault(session, []).append(size)
        try:
            yield
        finally:
            self._arriving[session].remove(size)
            if not self._arriving[session]:
                del self._arriving[session]

    def _see_who_leaves(self) -> None:
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        """Free the files of pages that are closed, until there are none."""
        while self._roles:
            await asyncio.sleep(_ROUND)
            self._free(time.monotonic())

    def _free(self, now: float) -> None:
        for session in list(self._roles):
            if runtime.get_instance().is_active_session(session):
                self._left.pop(session, None)
            elif now - self._left.setdefault(session, now) >= _GRACE:
                _stored().remove_session_files(session)
            if not self._held(session):
                del self._roles[session]
                self._left.pop(session, None)


def _stored() -> MemoryUploadedFileManager:
    """What Streamlit keeps; st.App makes it so."""
    manager = runtime.get_instance().uploaded_file_mgr
    if not isinstance(manager, MemoryUploadedFileManager):
        raise TypeError(f"{type(manager).__name__} keeps the uploads: what is in it cannot be counted.")
    return manager
