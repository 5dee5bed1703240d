"""What the server lets in and what it spends."""

from __future__ import annotations

from dataclasses import dataclass, field

from dupedash.fetch import UrlAccess
from dupedash.flow.wire.parameters import FlowNames


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What the server lets in and what it spends.

    urls         whether it fetches images from URLs that clients name
    most_body    bytes of one request; most_held: of all requests at the same time
    most_rows    documents of one answer
    workers      requests that are worked on at the same time; further ones wait
    queue        requests that may be there at all; further ones are told to come back (429)
    body_seconds in which a request must have arrived
    hosts        names under which it may be called; empty: any. Guards a server on localhost against web
                 pages that let a name of theirs lead to it
    """

    api_key: str = field(default="", repr=False)
    read_only: bool = False
    urls: UrlAccess = field(default_factory=UrlAccess)
    most_body: int = 32 << 20
    most_held: int = 256 << 20
    most_rows: int = 10_000
    workers: int = 8
    queue: int = 256
    body_seconds: float = 60.0
    hosts: frozenset[str] = frozenset()
    names: FlowNames = field(default_factory=FlowNames)
