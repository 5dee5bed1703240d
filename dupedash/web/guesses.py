"""Slows down whoever guesses tokens or keys: after a few wrong ones an address has to wait, ever longer."""

from __future__ import annotations

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

FREE = 10
"""Different wrong tokens before anybody waits: more than a person mistypes or a browser keeps."""
LONGEST = 300.0
"""Seconds: with tokens of 16 characters nobody comes anywhere, and a person who was locked out comes back."""
REMEMBERED = 10_000
"""Addresses; those that were quiet for longest are forgotten first."""
_NETWORK = 64  # bits of an IPv6 address that one household or machine has to itself (RFC 6177)


@dataclass(slots=True)
class _Guesser:
    wrong: set[bytes] = field(default_factory=set)
    tries: int = 0
    until: float = 0.0
    known: set[bytes] = field(default_factory=set)


class Guesses:
    """The wrong tokens of each address. The same wrong one again is no new guess: an old tab asks often."""

    def __init__(self) -> None:
        self._guessers: OrderedDict[str, _Guesser] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str, token: str) -> float:
        """Seconds for which tokens of this address are not looked at; 0 for one that was right before."""
        with self._lock:
            guesser = self._guessers.get(_source(address))
            if guesser is None or _mark(token) in guesser.known:
                return 0.0
            return max(0.0, guesser.until - time.monotonic())

    def note(self, address: str, token: str, *, right: bool) -> None:
        """What became of a token."""
        with self._lock:
            guesser = self._guessers.setdefault(_source(address), _Guesser())
            self._guessers.move_to_end(_source(address))
            if right:
                guesser.known.add(_mark(token))
            elif _mark(token) not in guesser.wrong:
                _count(guesser, _mark(token))
            while len(self._guessers) > REMEMBERED:
                self._guessers.popitem(last=False)


def _count(guesser: _Guesser, mark: bytes) -> None:
    guesser.tries += 1
    if len(guesser.wrong) < FREE:
        guesser.wrong.add(mark)
    if guesser.tries > FREE:
        pause = min(LONGEST, 2.0 ** min(guesser.tries - FREE, 32))
        guesser.until = time.monotonic() + pause


def _mark(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()[:16]


def _source(address: str) -> str:
    """An IPv6 network counts as one: its owner has 2⁶⁴ addresses."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.version == 4:
        return address
    return str(ipaddress.ip_network((int(ip) >> _NETWORK << _NETWORK, _NETWORK)))
