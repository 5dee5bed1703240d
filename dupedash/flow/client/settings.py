"""Where a Flow server is and how to talk to it. Secrets never show in text made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlsplit

from dupedash.errors import ConfigError
from dupedash.flow.client.pictures import ImageAccess
from dupedash.flow.wire.parameters import FlowNames

DEFAULT_COLLECTION = "my-collection"

_CORE = re.compile(r"^(?P<prefix>.*?)/(?P<api>api/cores|api/collections|api/c|solr)(?:/#)?/(?P<name>[^/#]+)")
_NO_CORE = re.compile(r"(/solr|/api(/cores|/collections|/c)?)?/*$")
_NAME = re.compile(r"[\w.-]{1,200}")


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """One collection on one server.

    base            scheme, host, port and perhaps a path in front of Flow's own: http://localhost:8983
    api             Flow's path to its collections: api/cores, or SolrCloud's api/collections
    connect, read   seconds to wait for a connection and for an answer
    retries         further attempts after a failed query; pauses double from `pause` seconds on
    workers         requests at the same time
    atomic_updates  the server's partial updates are known to keep Flow's descriptors
    certificates    a file of the certificates that are trusted; empty: the public ones
    """

    base: str
    collection: str = DEFAULT_COLLECTION
    name: str = ""
    api: str = "api/cores"
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    connect: float = 5.0
    read: float = 60.0
    retries: int = 3
    pause: float = 0.5
    workers: int = 8
    names: FlowNames = field(default_factory=FlowNames)
    images: ImageAccess = field(default_factory=ImageAccess)
    atomic_updates: bool = False
    certificates: str = ""

    @property
    def root(self) -> str:
        """The URL of the collection; holds no secret."""
        return f"{self.base}/{self.api}/{quote(self.collection)}"

    @property
    def commands(self) -> str:
        """The URL of the collection on Solr's first API, which alone takes commands."""
        return f"{self.base}/solr/{quote(self.collection)}"

    @property
    def label(self) -> str:
        """What the collection is called in messages."""
        return self.name or self.root


def flow_settings(url: str, collection: str = "") -> FlowSettings:
    """From what a user types: a server, or the URL of a collection on it in any of its spellings.

    A user name and password, or `?api_key=`, are taken out of the URL. Raises ConfigError, whose text does
    not repeat the URL, because it may hold a password.
    """
    try:
        parts = urlsplit(url.strip() if "://" in url else f"http://{url.strip()}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, parts, port = None, urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError("The address of a Flow server is a URL such as http://localhost:8983.")
    found = _CORE.match(f"{parts.path}#{parts.fragment}" if parts.fragment else parts.path)
    prefix, api = (found["prefix"], found["api"]) if found else (_NO_CORE.sub("", parts.path), "api/cores")
    name = collection or (unquote(found["name"]) if found else DEFAULT_COLLECTION)
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} cannot be the name of a collection on a Flow server.")
    shown_host = f"[{host}]" if ":" in host else host
    return FlowSettings(
        base=f"{parts.scheme}://{shown_host}{f':{port}' if port else ''}{prefix.rstrip('/')}",
        collection=name,
        api="api/cores" if api == "solr" else api,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        api_key=parse_qs(parts.query).get("api_key", [""])[0],
    )
