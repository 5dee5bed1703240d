"""Telling what is new: to a program, which reads JSON, or to an address, to which it is posted."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from dupedash.errors import ConfigError, NotTold
from dupedash.fetch import UrlAccess, post, server_of
from dupedash.watch.news import News
from dupedash.watch.state import Unsaid

RUN, NOTIFY = "run", "notify"
SECONDS = 30.0
"""For a program or an address to take a message: shorter than systemd waits for a service to end (90 s)."""


@dataclass(frozen=True, slots=True)
class Channels:
    """Who is told.

    run     a program with its arguments, which gets the JSON on its standard input; (): none
    notify  the address to which the JSON is posted; "": none
    access  which addresses may be visited
    """

    run: tuple[str, ...] = ()
    notify: str = ""
    access: UrlAccess = field(default_factory=lambda: UrlAccess(allowed=True, seconds=SECONDS))

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are wanted."""
        return tuple(name for name, wanted in ((RUN, self.run), (NOTIFY, self.notify)) if wanted)

    def say(self, news: News, to: str) -> None:
        """Raises NotTold."""
        data = json.dumps(news.to_json()).encode()
        if to == RUN:
            _run(self.run, data)
        else:
            post(self.notify, data, "application/json", self.access)


def channels(run: str, notify: str, trusted: Sequence[str] = ()) -> Channels:
    """From what a user types. `trusted`: hosts that may be in the own network. Raises ConfigError."""
    words = _words(run)
    if words and shutil.which(words[0]) is None:
        raise ConfigError(f"There is no program {words[0]!r} to run: give its path, then its arguments.")
    if notify:
        server_of(notify)
    hosts = frozenset(host.lower() for host in trusted)
    return Channels(words, notify, UrlAccess(allowed=True, trusted=hosts, seconds=SECONDS))


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command, posix=os.name != "nt"))  # there a backslash is part of a path
    except ValueError as error:
        raise ConfigError(f"The command {command!r} is not understood: {error}.") from error


def say_all(waiting: Sequence[Unsaid], who: Channels) -> tuple[tuple[Unsaid, ...], list[str]]:
    """Tell what waits, oldest first; what still waits afterwards, and why. A channel that fails once is not
    asked again in this round; one that is no longer wanted has nothing to wait for."""
    left, failed = list[Unsaid](), dict[str, str]()
    for one in waiting:
        still = tuple(to for to in one.to if to in who.names and not _said(one.news, to, who, failed))
        if still:
            left.append(Unsaid(one.news, still))
    return tuple(left), list(failed.values())


def _said(news: News, to: str, who: Channels, failed: dict[str, str]) -> bool:
    if to in failed:
        return False
    try:
        who.say(news, to)
    except NotTold as error:
        failed[to] = str(error)
        return False
    return True


def _run(words: Sequence[str], data: bytes) -> None:
    """The program's output goes to standard error: ours is a result."""
    try:
        ended = subprocess.run(words, input=data, stdout=sys.stderr.fileno(), timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotTold(f"{words[0]} did not end within {SECONDS:.0f} s.") from None
    except OSError as error:
        raise NotTold(f"{words[0]} could not be run: {error.strerror or error}.") from error
    if ended.returncode:
        raise NotTold(f"{words[0]} ended with the code {ended.returncode}.")
