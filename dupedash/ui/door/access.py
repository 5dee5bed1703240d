"""Who may come in, and as what: open on this machine, by token links beyond it.

One token makes its holder an editor, another one a viewer. They come from the environment
(DUPEDASH_EDITOR_TOKEN, DUPEDASH_VIEWER_TOKEN) or are made once and kept in the workspace.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from streamlit import config as streamlit_config

from dupedash.config import Settings, settings
from dupedash.errors import ConfigError
from dupedash.ui.door.origins import HostPort, place

SHORTEST_TOKEN = 16
"""Characters: even of hex digits these are the 64 bits that OWASP asks of a session's id."""

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Role(StrEnum):
    """What a person may do here."""

    EDITOR = "editor"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Access:
    """The rule for one instance.

    required        whether a token is needed at all
    editor, viewer  the tokens ("" where none is required)
    readonly        an editor's token makes a viewer
    hosts           host names that a request may name; empty means any
    named           addresses under which a proxy shows the dashboard: their pages are its own
    cookie          the cookie that holds a token; it carries the port, which cookies do not tell apart
    """

    required: bool
    editor: str = ""
    viewer: str = ""
    readonly: bool = False
    hosts: frozenset[str] = _HERE
    cookie: str = "dupedash"
    named: frozenset[HostPort] = frozenset()

    def role(self, token: str | None, *, local: bool = True) -> Role | None:
        """The role of whoever shows this token, or None: not admitted.

        `local`: the connection arrived at a loopback address. Others always need a token,
        whatever the configuration says.
        """
        if not self.required and local:
            return self._at_most(Role.EDITOR)
        if token is None:
            return None
        found = None
        for known, role in ((self.viewer, Role.VIEWER), (self.editor, Role.EDITOR)):
            if hmac.compare_digest(token.encode(), known.encode()) and known:
                found = role
        return found and self._at_most(found)

    def admits_host(self, host: str) -> bool:
        """Whether the Host header names this instance: a guard against DNS rebinding."""
        known = place(host)
        return not self.hosts or (known is not None and known.name in self.hosts)

    def _at_most(self, role: Role) -> Role:
        return Role.VIEWER if self.readonly else role


def is_local(address: str | None) -> bool:
    """Whether an address to listen on can only be reached from this machine. None listens everywhere."""
    if address == "localhost":
        return True
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


def resolve(settings: Settings, address: str | None, port: int, extra_hosts: str = "") -> Access:
    """The rule for an instance that listens on `address`.

    A token that was given asks for tokens on localhost too (a proxy may stand before it).
    `extra_hosts`: further host names, comma-separated, with a port where it is an unusual one. Raises
    ConfigError.
    """
    _must_be_long(settings)
    given = bool(settings.editor_token or settings.viewer_token)
    required = given or not is_local(address)
    named = frozenset(_named(text.strip()) for text in extra_hosts.split(",") if text.strip())
    names = frozenset(one.name for one in named)
    hosts = names | _HERE if is_local(address) or named else frozenset()
    editor, viewer = _tokens(settings) if required else ("", "")
    if required and hmac.compare_digest(editor.encode(), viewer.encode()):
        raise ConfigError(
            "DUPEDASH_EDITOR_TOKEN and DUPEDASH_VIEWER_TOKEN are the same: give two different ones."
        )
    return Access(required, editor, viewer, settings.readonly, hosts, f"dupedash-{port}", named)


def _named(text: str) -> HostPort:
    """One name of DUPEDASH_HOSTS."""
    bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
    found = place(bare if bare.isascii() else bare.encode("idna").decode("ascii"))
    if found is None:
        raise ConfigError(
            f"DUPEDASH_HOSTS: {text!r} is not the name of a host: use names such as photos.example or "
            "photos.example:8443, separated by commas."
        )
    return found


def _must_be_long(settings: Settings) -> None:
    """Tokens of people must not be guessed."""
    given = {"DUPEDASH_EDITOR_TOKEN": settings.editor_token, "DUPEDASH_VIEWER_TOKEN": settings.viewer_token}
    for name, token in given.items():
        if token and len(token) < SHORTEST_TOKEN:
            raise ConfigError(
                f"{name} has {len(token)} characters and could be guessed: use at least {SHORTEST_TOKEN}, or "
                "leave it out to have one made."
            )


def _tokens(settings: Settings) -> tuple[str, str]:
    """(editor, viewer): given ones first, else the kept ones, else new ones that are kept."""
    path = settings.workspace.access
    kept = _kept(path)
    editor = settings.editor_token or kept.get("editor") or secrets.token_urlsafe(24)
    viewer = settings.viewer_token or kept.get("viewer") or secrets.token_urlsafe(24)
    if not kept and not (settings.editor_token and settings.viewer_token):
        _keep(path, {"editor": editor, "viewer": viewer})
    return editor, viewer


def _kept(path: Path) -> Mapping[str, str]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    try:
        found = json.loads(text)
        return {"editor": str(found["editor"]), "viewer": str(found["viewer"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{path} does not hold two access tokens: delete it to have new ones made."
        ) from error


def _keep(path: Path, tokens: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(tokens, file)


@cache
def current() -> Access:
    """The rule of this process; the server's options are final when the first request comes."""
    return resolve(
        settings(),
        streamlit_config.get_option("server.address"),
        int(streamlit_config.get_option("server.port")),
        os.environ.get("DUPEDASH_HOSTS", ""),
    )
