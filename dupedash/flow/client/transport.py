"""One HTTP session with a Flow server: limits in time, further attempts, every failure as one of ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import requests
from requests import exceptions as bad
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.utils import get_netrc_auth

from dupedash.errors import (
    BadReply,
    CollectionError,
    ConfigError,
    DupedashError,
    Rejected,
    Unreachable,
    system_words,
)
from dupedash.flow.client.settings import FlowSettings
from dupedash.flow.wire import replies_in
from dupedash.flow.wire.parameters import Pairs

LONGEST_QUERY = 2000
"""Characters of a query string that go into a URL; Jetty refuses about 8,000, some proxies fewer."""

# The first that fits counts; `test_flow_client` walks through all of requests' exceptions.
_OURS: tuple[tuple[type[Exception], type[DupedashError], str], ...] = (
    (bad.SSLError, Unreachable, "its certificate is not trusted or the secure connection failed"),
    (bad.ProxyError, Unreachable, "the proxy could not be reached"),
    (bad.ConnectTimeout, Unreachable, "no connection in time"),
    (bad.ReadTimeout, Unreachable, "no answer in time"),
    (bad.Timeout, Unreachable, "no answer in time"),
    (
        bad.ConnectionError,
        Unreachable,
        "no connection (refused, unknown or hung up); see that it runs and that the address is right",
    ),
    (bad.RetryError, Unreachable, "failed again and again"),
    (bad.TooManyRedirects, BadReply, "sends from one address to the next"),
    (bad.ChunkedEncodingError, BadReply, "the answer broke off"),
    (bad.ContentDecodingError, BadReply, "the answer is damaged"),
    (bad.StreamConsumedError, BadReply, "the answer could not be read"),
    (bad.JSONDecodeError, BadReply, "the answer is not JSON"),
    (bad.InvalidURL, ConfigError, "is not a valid address"),
    (bad.MissingSchema, ConfigError, "is not a valid address"),
    (bad.InvalidSchema, ConfigError, "is not a valid address"),
    (bad.URLRequired, ConfigError, "is not a valid address"),
    (bad.InvalidHeader, ConfigError, "the user name, password or key holds characters that cannot be sent"),
    (bad.InvalidJSONError, ConfigError, "what is to be sent cannot be written as JSON"),
    (bad.RequestException, CollectionError, "the request failed"),
)


def translated(error: Exception, label: str) -> DupedashError:
    """Our error for one of requests'. Their text stays behind: it may hold what was sent."""
    kind, words = next((kind, words) for theirs, kind, words in _OURS if isinstance(error, theirs))
    message = f"{label}: {words}."
    return kind(message, label) if issubclass(kind, CollectionError) else kind(message)


@contextmanager
def mapped(label: str) -> Iterator[None]:
    """Turns whatever requests raises into one of our errors, and names the collection in it.

    Raises Unreachable, BadReply, CollectionError, ConfigError for what cannot be sent: see `translated`.
    """
    try:
        yield
    except bad.RequestException as error:
        raise translated(error, label) from error
    except OSError as error:  # of requests' own kind it is not: a file of certificates that is not there
        raise ConfigError(f"{label}: {system_words(error)}") from error
    except UnicodeEncodeError as error:
        raise ConfigError(f"{label}: half a character (a lone surrogate) cannot be sent.") from error
    except BadReply as error:
        if error.collection:
            raise
        raise BadReply(f"{label}: {error}", label) from error


class Transport:
    """Thread-safe: `settings.workers` threads may ask at the same time, more wait for a connection."""

    def __init__(self, settings: FlowSettings) -> None:
        self._settings = settings
        self._closed = threading.Event()
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=settings.workers, pool_block=True)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        if settings.user or settings.password:
            self._session.auth = HTTPBasicAuth(settings.user.encode(), settings.password.encode())
        if settings.api_key:
            self._session.headers["X-Api-Key"] = settings.api_key
        self._take_environment()

    def _take_environment(self) -> None:
        """Proxies, certificates and .netrc once: at each request they cost a third of its time."""
        session, root = self._session, self._settings.root
        with mapped(self._settings.label):
            known = session.merge_environment_settings(
                root, {}, None, self._settings.certificates or None, None
            )
            session.auth = session.auth or get_netrc_auth(root)
        session.proxies, session.verify = known["proxies"], known["verify"]
        session.trust_env = False

    def ask(self, handler: str, pairs: Pairs, *, again: bool = True) -> Mapping[str, Any]:
        """The answer to a query, which changes nothing and is therefore asked again where that may help.

        A long query goes as a form. Raises CollectionError, QueryError.
        """
        url = f"{self._settings.root}/{handler}" if handler else self._settings.root
        with mapped(self._settings.label):
            query = urlencode(pairs)
        for attempt in range(self._settings.retries if again else 0):
            try:
                return self._query(url, query)
            except CollectionError as error:
                if not error.may_pass or self._closed.wait(self._settings.pause * 2**attempt):
                    raise
        return self._query(url, query)

    def tell(self, url: str, body: object | None, pairs: Pairs) -> Mapping[str, Any]:
        """The answer to a change, which is sent once only: the first may have arrived. `body` is JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        return self._once("POST", url, params=pairs, data=data, headers=headers)

    def close(self) -> None:
        """Give back the connections; who waits for another attempt gives up."""
        self._closed.set()
        self._session.close()

    def _query(self, url: str, query: str) -> Mapping[str, Any]:
        if len(query) <= LONGEST_QUERY:
            return self._once("GET", f"{url}?{query}" if query else url)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._once("POST", url, data=query.encode("ascii"), headers=form)

    def _once(self, method: str, url: str, **what: Any) -> Mapping[str, Any]:
        times = (self._settings.connect, self._settings.read)
        label = self._settings.label
        with mapped(label):
            # No redirects: they would carry the key to wherever they lead.
            response = self._session.request(method, url, timeout=times, allow_redirects=False, **what)
            return _answer(response, label)


def _answer(response: requests.Response, label: str) -> Mapping[str, Any]:
    status = response.status_code
    try:
        reply: object = json.loads(response.content)
    except (ValueError, RecursionError):
        raise _no_json(response, label) from None
    if status != 200:
        raise replies_in.refused(*replies_in.refusal(reply, status), status, label)
    return replies_in.opened(reply)


def _no_json(response: requests.Response, label: str) -> CollectionError:
    status, html = response.status_code, response.content.lstrip()[:1] == b"<"
    what = "a web page" if html else "something that is not JSON"
    if status == 200:
        return BadReply(f"{label} answered with {what}: is this the address of a Flow server?", label)
    reasons = {
        401: "it wants a user name and password, or a key",
        403: "access is not allowed",
        404: "there is no such collection on this server, or it is not Flow",
        429: "it is busy",
    }
    reason = reasons.get(status, "it leads elsewhere" if 300 <= status < 400 else f"it sent {what}")
    return Rejected(f"{label} said no (HTTP {status}): {reason}.", label, status, reason)
