"""Pictures by URL, behind the guard: `/thumb/<collection>/<id>.jpg`, `/picture/…` and `/original/…`.

A URL with a version (`?v=`, from the file's content) never changes its picture and is kept by the browser
for good. A picture that is gone is shown as such, so that a page over an old scan stays whole.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dupedash.actions import kept_file
from dupedash.collection import Collection, WithFiles
from dupedash.config import Workspace, settings
from dupedash.connect import Connections
from dupedash.errors import ActionError, Busy, CollectionError, ConfigError, UnknownImage, UnreadableImage
from dupedash.images import apart, read_file
from dupedash.images.encode import THUMBNAIL_SIDE, thumbnail_type
from dupedash.ui.collections import open_collection

PICTURE_SIDE = 1600
"""Pixels of the long side: what most screens show."""
ORIGINAL_SIDE = 4096
"""The same of a server's picture in full size: 4K screens show no more."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,200}")
_KEPT = "private, max-age=31536000, immutable"
_FOR_A_WHILE = "private, max-age=300"
"""For pictures of servers that tell nothing of a file's content: each was fetched from somewhere else."""
_GONE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120">'
    b'<rect width="160" height="120" fill="#8a8f98" opacity=".16"/>'
    b'<path d="M56 76l16-20 11 13 8-9 13 16z M50 40h60v44H50z" fill="none" stroke="#8a8f98" '
    b'stroke-width="2.5"/><path d="M46 92L114 32" stroke="#8a8f98" stroke-width="2.5"/></svg>'
)

_UNREAD = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120">'
    b'<rect width="160" height="120" fill="#8a8f98" opacity=".16"/>'
    b'<path d="M62 24h26l14 14v44H62z M88 24v14h14" fill="none" stroke="#8a8f98" stroke-width="2.5"/>'
    b'<text x="80" y="104" font-family="sans-serif" font-size="14" text-anchor="middle"'
    b' fill="#8a8f98">%s</text>'
    b"</svg>"
)


def thumb_url(collection: str, image_id: str, content: str | None = None) -> str:
    """Where the thumbnail of an image is; `content` is the hash of its file, where known."""
    return f"/thumb/{quote(collection, safe='')}/{in_url(image_id)}.jpg{_version(content)}"


def picture_url(collection: str, image_id: str, content: str | None = None) -> str:
    """Where the whole picture is, its long side bounded."""
    return f"/picture/{quote(collection, safe='')}/{in_url(image_id)}{_version(content)}"


def original_url(collection: str, image_id: str, content: str | None = None) -> str:
    """Where the picture is in full size."""
    return f"/original/{quote(collection, safe='')}/{in_url(image_id)}{_version(content)}"


def in_url(image_id: str) -> str:
    """The id as one part of a path: proxies and Streamlit turn back paths with coded slashes and dots."""
    if _PLAIN.fullmatch(image_id):
        return image_id
    return "~" + urlsafe_b64encode(image_id.encode()).decode().rstrip("=")


def from_url(part: str) -> str:
    """The inverse of `in_url`. Raises ValueError for what it never made."""
    if not part.startswith("~"):
        return part
    return urlsafe_b64decode(part[1:] + "=" * (-len(part[1:]) % 4)).decode()


def _version(content: str | None) -> str:
    return f"?v={quote(content[:16], safe='')}" if content else ""


def thumb(request: Request) -> Response:
    """The thumbnail of one image."""
    return _answer(request, lambda collection, image_id: collection.thumbnail(image_id), THUMBNAIL_SIDE)


def picture(request: Request) -> Response:
    """The picture of one image."""
    return _answer(request, lambda collection, image_id: collection.picture(image_id), PICTURE_SIDE)


def original(request: Request) -> Response:
    """The picture of one image in full size: its file as it is, where browsers show such files."""
    return _answer(request, _original, ORIGINAL_SIDE)


def _original(collection: Collection, image_id: str) -> bytes | None:
    """Of a server what it gives at most."""
    path = collection.path(image_id) if isinstance(collection, WithFiles) else None
    if path is None:
        return collection.picture(image_id, ORIGINAL_SIDE)
    if collection.thumbnail(image_id) is None:
        return None  # what could not be read when it was indexed is not tried again: it may crash its reader
    data = read_file(path)
    return data if _media_type(data) else apart.original(path)


def _answer(
    request: Request, ask: Callable[[Collection, str], bytes | None], long_side: int
) -> Response:
    """`long_side`: pixels, of a picture that is made of a file in the quarantine."""
    name = request.path_params["collection"]
    try:
        image_id = from_url(request.path_params["id"])
    except ValueError:
        return PlainTextResponse("No such image.", 404)
    workspace = settings().workspace
    try:
        connection = next((c for c in Connections(workspace).list() if c.name == name), None)
        if connection is None:
            return PlainTextResponse("No such collection.", 404)
        collection = open_collection(connection, workspace)
        data = ask(collection, image_id)
        instead = _GONE if data else _placeholder(collection, image_id)
    except UnknownImage:
        data, instead = _quarantined(workspace, name, image_id, long_side), _GONE
    except UnreadableImage:
        data, instead = None, _GONE
    except Busy as error:
        return PlainTextResponse(str(error), 503, {"Retry-After": "2"})
    except (CollectionError, ConfigError):
        return PlainTextResponse("The collection does not answer.", 502)
    kind = _media_type(data) if data else None
    if data is None or kind is None:
        return Response(instead, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    kept = _KEPT if request.query_params.get("v") else _FOR_A_WHILE
    return Response(data, media_type=kind, headers={"Cache-Control": kept})


def _quarantined(workspace: Workspace, collection: str, image_id: str, long_side: int) -> bytes | None:
    """The picture of an image that a plan took out of the collection, as long as its file is there."""
    try:
        path = kept_file(workspace, collection, image_id)
        return apart.render(path, long_side) if path else None
    except (ActionError, UnreadableImage, Busy):
        return None


def _placeholder(collection: Collection, image_id: str) -> bytes:
    """For an image without a picture: of a file that cannot be read as one, what kind of file it is."""
    record = collection.records([image_id])[0]
    kind = re.sub(r"[^A-Z0-9]", "", (record.format or "").upper())
    return _UNREAD % (kind.encode() or b"?") if record.width is None and record.skipped else _GONE


def _media_type(data: bytes) -> str | None:
    """What we send ourselves, by its first bytes; anything else a server may hand us is not passed on."""
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    return "image/png" if data[:8] == b"\x89PNG\r\n\x1a\n" else thumbnail_type(data)


ROUTES = [
    Route("/thumb/{collection}/{id}.jpg", thumb),
    Route("/picture/{collection}/{id}", picture),
    Route("/original/{collection}/{id}", original),
]
