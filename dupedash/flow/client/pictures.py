"""The picture of an image on a Flow server: where it is, as the connection says, and its bytes.

Flow keeps no pictures, only an address of each, and whoever feeds the server chooses these addresses. So the
connection names the folder or the host, and no address leads out of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from dupedash import images
from dupedash.errors import ConfigError, UnreadableImage
from dupedash.fetch import UrlAccess, fetch
from dupedash.model import ImageRecord

AS_IT_IS = "{image}"
"""The address of each image is a URL that is fetched as it stands: from the open Internet only."""

_URL = re.compile(r"https?://", re.IGNORECASE)
_FIELD = re.compile(r"\{([^{}]*)\}")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~\w-]+):[ \t]*([\x20-\x7e\t]+)", re.ASCII)  # RFC 9110


@dataclass(frozen=True, slots=True)
class ImageAccess:
    """How the pictures are reached; made by `image_access`.

    where         a folder or URL that goes before each address, or a pattern: a folder or URL with {image},
                  {filename}, {id} or any other field in it; empty: pictures are not read
    headers       names and values, sent to the host that `where` names and to no other
    certificates  a file of certificates that are trusted instead of the public ones; empty: those
    """

    where: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    certificates: str = ""

    @property
    def urls(self) -> UrlAccess:
        """The host that the setting names may have a private address, no other may."""
        host = _host(self.where)
        return UrlAccess(
            allowed=True,
            trusted=frozenset({host} if host else ()),
            headers=self.headers,
            certificates=self.certificates,
        )


def image_access(where: str, headers: Sequence[str] = (), certificates: str = "") -> ImageAccess:
    """From what a user types; headers are written `Name: value`. Raises ConfigError."""
    place = where.strip()
    access = ImageAccess(place, tuple(map(_header, headers)), certificates)
    if _URL.match(place):
        _check_host(place)
    elif place not in ("", AS_IT_IS):
        _check_folder(place)
    if headers and not _URL.match(place):
        raise ConfigError("Headers are sent only to a host that the place of the pictures names: give a URL.")
    return access


def _header(text: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(text.strip())
    if not found:
        raise ConfigError("A header is written as Name: value, in ASCII.")  # the value may be a secret
    return found[1], found[2].strip()


def _check_host(place: str) -> None:
    head = place.partition("?")[0].partition("#")[0]
    server = head.split("/")[2] if head.count("/") > 1 else ""
    if not _host(place) or "{" in server:
        raise ConfigError(f"{place!r} names no host: write it as https://images.example/{{image}}.")
    if "@" in server:
        raise ConfigError("A user and password do not stand in the place of the pictures: give a header.")


def _host(place: str) -> str:
    """The host of a URL as `fetch` knows it; empty where there is none."""
    if not _URL.match(place):
        return ""
    try:
        return (urlsplit(place.partition("{")[0]).hostname or "").encode("idna").decode().lower()
    except ValueError:
        return ""


def _check_folder(place: str) -> None:
    folder = _root(place)
    if not folder.is_absolute() or folder == Path(folder.anchor):
        raise ConfigError(
            f"{place!r} is no place of pictures: use a folder (/mnt/photos), a URL "
            "(https://images.example/), one of them with {image}, {filename}, {id} or another field in it, "
            f"or {AS_IT_IS} where the addresses are URLs of the open Internet."
        )


def _root(place: str) -> Path:
    """The folder that no path leads out of: all that stands before the first field."""
    literal, brace, _ = place.partition("{")
    return Path(literal.rpartition("/")[0] + "/" if brace else literal).expanduser()


def read_picture(record: ImageRecord, access: ImageAccess) -> bytes | None:
    """The bytes of the image file; None where no place is set. Raises UnreadableImage."""
    if not access.where:
        return None
    if _URL.match(access.where) or access.where == AS_IT_IS:
        return fetch(url_of(record, access.where), access.urls)
    return images.read_file(_path_of(record, access.where))


def url_of(record: ImageRecord, where: str) -> str:
    """The URL of a picture; values are encoded, so that none changes the host. Raises UnreadableImage."""
    if where == AS_IT_IS:
        return record.location
    if "{" in where:
        return _filled(where, record, _in_url)
    front = where if "?" in where else where.rstrip("/") + "/"
    if record.location.startswith(front):
        return front + _straight(record.location.removeprefix(front), record)
    return front + _in_url(record.location, record)


def _straight(value: str, record: ImageRecord) -> str:
    """The value, which leads into no other folder of the server. Raises UnreadableImage."""
    if {".", ".."} & set(re.split(r"[/\\]", unquote(value))):
        raise UnreadableImage(record.location, "its address leads through '.' or '..'")
    return value


def _in_url(value: str, record: ImageRecord) -> str:
    value = _straight(value, record)
    return quote(value.lstrip("/").encode("utf-8", "replace"), safe="/")


def _path_of(record: ImageRecord, where: str) -> Path:
    """The real path of a local picture; links are followed before it is judged. Raises UnreadableImage."""
    root = _root(where)
    if "{" in where:
        path = Path(_filled(where, record, lambda value, _record: value)).expanduser()
    else:
        given = images.path_of(record.location)
        path = given if given.is_relative_to(root) else root / str(given).lstrip("/")
    try:
        real, inside = path.resolve(strict=True), root.resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableImage(record.location, "is not there") from error
    if not real.is_relative_to(inside):
        raise UnreadableImage(record.location, f"leads out of {root}")
    return real


def _filled(where: str, record: ImageRecord, write: Callable[[str, ImageRecord], str]) -> str:
    return _FIELD.sub(lambda found: write(_value(found[1], record), record), where)


def _value(name: str, record: ImageRecord) -> str:
    own = {"image": record.location, "id": record.id}
    value = own.get(name) or record.fields.get(name) or (record.filename if name == "filename" else None)
    if value is None:
        raise UnreadableImage(record.location, f"has no field {name!r}")
    return str(value[0] if isinstance(value, tuple) else value)
