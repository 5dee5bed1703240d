"""What a page is called before its script runs, and where a link to it is shared: title, icon, text, picture.

Streamlit sends one HTML file for every page, which calls itself Streamlit. Programs that show a preview of a
link run no script and have no access link: they see this head, also on the page that turns them away.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path

from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit import file_util

from dupedash.ui.component import ASSETS, asset
from dupedash.ui.door.origins import place
from dupedash.ui.pagetable import PAGES

PICTURE = "/link.jpg"
"""Of the example; open to anyone."""
_BASE = (
    '<script>window.__streamlit={BACKEND_BASE_URL:new URL(".",location.href).href}</script>'
)
"""Every page lies beside the first one. Streamlit would ask below each page's own path first, in vain."""
_SUMMARY = "Find duplicate and near-duplicate images, judge what was found, clear it safely."
_TITLE, _ICON = "<title>Streamlit</title>", '<link rel="shortcut icon" href="./favicon.png" />'
_TITLES = {"/": PAGES[0].title} | {f"/{row.file}": row.title for row in PAGES[1:]}


def title(page: str, collection: str = "") -> str:
    """Of a page, in the tab and in history; with the collection that it shows, where that is known."""
    return " · ".join(filter(None, (page, collection, "dupedash")))


def head(connection: HTTPConnection, shown: str) -> str:
    """The elements that say what the page is, `shown` first."""
    host = connection.headers.get("host", "")
    picture = f"{connection.scope['scheme']}://{host}{PICTURE}" if place(host) else PICTURE
    told = {"title": shown, "description": _SUMMARY, "type": "website", "image": picture}
    lines = [f'<meta property="og:{name}" content="{escape(text)}">' for name, text in told.items()]
    return "".join([f"<title>{escape(shown)}</title>", _icon(),
                    f'<meta name="description" content="{escape(_SUMMARY)}">', *lines])  # fmt: skip


def page(request: Request) -> Response:
    """Streamlit's file with our head."""
    shown = title(_TITLES[request.url.path])
    return HTMLResponse(
        _file().replace(_ICON, "").replace(_TITLE, _BASE + head(request, shown)),
        headers={"Cache-Control": "no-cache"},
    )


def first(request: Request) -> Response:
    """The start page by its name: Streamlit knows it as "/" only."""
    query = request.url.query
    return RedirectResponse("/" + (f"?{query}" if query else ""))


def picture(_request: Request) -> Response:
    """The picture of a shared link."""
    return FileResponse(ASSETS / PICTURE.lstrip("/"))


@cache
def _file() -> str:
    return (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")


@cache
def _icon() -> str:
    mark = b64encode(asset("mark.svg").encode()).decode()
    return f'<link rel="shortcut icon" type="image/svg+xml" href="data:image/svg+xml;base64,{mark}">'


ROUTES = [
    *(Route(path, page) for path in _TITLES),
    Route(f"/{PAGES[0].file}", first),
    Route(PICTURE, picture),
]
