"""Who comes in: the rule, the tokens, and the guard in front of a real server."""

from __future__ import annotations

import http.client
import stat
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from dupedash.check import uploads
from dupedash.config import Settings, Workspace
from dupedash.connect import Connections, flow_connection
from dupedash.errors import ConfigError, Forbidden
from dupedash.jobs import Jobs
from dupedash.query import saved
from dupedash.ui.door.access import Access, Role, is_local, resolve
from dupedash.ui.door.guard import Guard, SecurityHeaders
from dupedash.ui.door.origins import is_own
from dupedash.ui.door.welcome import words
from dupedash.web.guesses import Guesses

EDITOR, VIEWER = "editor-token-1234567890", "viewer-token-0987654321"


def instance(folder: Path, **changes) -> Settings:
    return Settings(Workspace(folder), **changes)


# ------------------------------------------------------------------ the rule


def test_on_this_machine_everybody_edits_and_no_token_is_made(tmp_path):
    rule = resolve(instance(tmp_path), "127.0.0.1", 8501)
    assert rule.role(None) is Role.EDITOR
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "example.org", None, ""])
def test_beyond_this_machine_only_tokens_open(tmp_path, address):
    rule = resolve(instance(tmp_path), address, 8501)
    assert rule.required
    assert rule.role(None) is rule.role("") is rule.role("guess") is rule.role("é") is None
    assert rule.role(rule.editor) is Role.EDITOR
    assert rule.role(rule.viewer) is Role.VIEWER


def test_made_tokens_are_kept_for_their_owner_only(tmp_path):
    first, again = (resolve(instance(tmp_path), "0.0.0.0", 8501) for _ in range(2))
    assert (first.editor, first.viewer) == (again.editor, again.viewer)
    assert first.editor != first.viewer
    assert len(first.viewer) >= 32
    assert stat.S_IMODE((tmp_path / "access.json").stat().st_mode) == 0o600


def test_given_tokens_count_on_this_machine_too(tmp_path):
    rule = resolve(instance(tmp_path, editor_token=EDITOR, viewer_token=VIEWER), "127.0.0.1", 8501)
    assert rule.role(None) is None
    assert (rule.role(EDITOR), rule.role(VIEWER)) == (Role.EDITOR, Role.VIEWER)
    assert not (tmp_path / "access.json").exists()


def test_a_token_that_is_not_set_opens_nothing(tmp_path):
    rule = resolve(instance(tmp_path, editor_token=EDITOR), "127.0.0.1", 8501)
    assert rule.role("") is None
    assert Access(required=True).role("") is None


def test_equal_tokens_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="the same"):
        resolve(instance(tmp_path, editor_token=EDITOR, viewer_token=EDITOR), "127.0.0.1", 8501)


def test_a_damaged_token_file_is_an_error_and_not_an_open_door(tmp_path):
    (tmp_path / "access.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"access\.json"):
        resolve(instance(tmp_path), "0.0.0.0", 8501)


def test_on_a_read_only_instance_an_editor_is_a_viewer(tmp_path):
    rule = resolve(instance(tmp_path, readonly=True, editor_token=EDITOR, viewer_token=VIEWER), "0.0.0.0", 1)
    assert rule.role(EDITOR) is Role.VIEWER
    assert resolve(instance(tmp_path, readonly=True), "127.0.0.1", 1).role(None) is Role.VIEWER


def test_what_arrives_from_outside_needs_a_token_whatever_the_configuration_says(tmp_path):
    rule = resolve(instance(tmp_path), "127.0.0.1", 8501)
    assert rule.role(None, local=False) is rule.role("", local=False) is None


def test_a_viewers_settings_refuse_to_write_and_say_why(tmp_path):
    viewer = instance(tmp_path).for_viewer()
    for held in (viewer, viewer.workspace):
        with pytest.raises(Forbidden, match="viewer's link"):
            held.must_write()
    with pytest.raises(Forbidden, match="DUPEDASH_READONLY"):
        instance(tmp_path, readonly=True).for_viewer().must_write()
    instance(tmp_path).must_write()


@pytest.mark.parametrize(
    ("host", "admitted"),
    [
        ("localhost:8501", True),
        ("[::1]:8501", True),
        ("LocalHost.:1", True),
        ("EVIL.example", False),
        ("localhost:8501@evil.example", False),
        ("localhost:8501, evil.example", False),
        ("", False),
    ],
)
def test_only_a_host_of_this_machine_is_admitted_whatever_stands_behind_it(tmp_path, host, admitted):
    assert resolve(instance(tmp_path), "127.0.0.1", 8501).admits_host(host) is admitted


def test_only_loopback_addresses_are_local():
    assert all(map(is_local, ["localhost", "127.0.0.1", "127.8.8.8", "::1"]))
    assert not any(map(is_local, [None, "", "0.0.0.0", "::", "10.0.0.1", "127.evil.example"]))


def test_foreign_host_names_are_refused_on_this_machine_only(tmp_path):
    here = resolve(instance(tmp_path), "127.0.0.1", 8501, "photos.lan")
    assert here.admits_host("localhost:8501")
    assert here.admits_host("photos.lan")
    assert not here.admits_host("evil.example")
    assert resolve(instance(tmp_path), "0.0.0.0", 8501).admits_host("any.example")


def test_the_terminal_shows_links_only_where_they_are_needed(tmp_path):
    assert "token" not in words(resolve(instance(tmp_path), "127.0.0.1", 8501), "127.0.0.1", 8501)
    rule = resolve(instance(tmp_path), "0.0.0.0", 8501)
    said = words(rule, "0.0.0.0", 8501)
    named = resolve(instance(tmp_path), "0.0.0.0", 8501, "photos.example:8443")
    assert f"http://photos.example:8443/?token={named.viewer}" in words(named, "0.0.0.0", 8501)
    assert f"?token={rule.editor}" in said
    assert f"?token={rule.viewer}" in said
    readonly = resolve(instance(tmp_path, readonly=True), "0.0.0.0", 8501)
    assert rule.editor not in words(readonly, "0.0.0.0", 8501)


# ------------------------------------------------------------------ the guard


async def _hello(_request):
    return PlainTextResponse("inside")


seen: list[tuple[str | None, str]] = []


async def _talk(socket):
    seen.append((socket.headers.get("origin"), socket.headers["host"]))
    await socket.accept()
    await socket.close()


class Served:
    """A small application behind the guard, on a real port."""

    def __init__(self, rule: Access) -> None:
        paths = ("/", "/groups", "/media/x", "/thumb/c/1.jpg", "/graph/k.json", "/_stcore/health")
        routes = [Route(path, _hello) for path in paths]
        guard = [Middleware(SecurityHeaders), Middleware(Guard, rule=lambda: rule)]
        app = Starlette(routes=[*routes, WebSocketRoute("/_stcore/stream", _talk)], middleware=guard)
        self.server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def get(self, path: str, cookie: str = "", **headers: str | bytes) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers=headers | ({"Cookie": cookie} if cookie else {}))
        return connection.getresponse()

    def socket(self, cookie: str = "", **headers: str | bytes) -> int:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
        return self.get("/_stcore/stream", cookie, **(upgrade | headers)).status

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(5)


@pytest.fixture(scope="module")
def closed():
    served = Served(Access(True, EDITOR, VIEWER, hosts=frozenset(), cookie="dupedash-1"))
    yield served
    served.close()


@pytest.fixture(scope="module")
def opened():
    served = Served(Access(False))
    yield served
    served.close()


@pytest.mark.parametrize("path", ["/", "/groups", "/media/x", "/thumb/c/1.jpg", "/graph/k.json", "/nothing"])
def test_without_a_token_every_path_is_closed(closed, path):
    assert closed.get(path).status == 401
    assert closed.get(path, cookie="dupedash-1=wrong").status == 401
    assert closed.get(path, cookie=f"dupedash-1={VIEWER}").status in (200, 404)


def test_the_websocket_is_closed_alike(closed):
    assert closed.socket() == 403
    assert closed.socket(cookie="dupedash-1=wrong") == 403
    assert closed.socket(cookie=f"dupedash-1={VIEWER}") == 101


def test_health_is_open_for_supervisors(closed):
    assert closed.get("/_stcore/health").status == 200


def test_a_link_becomes_a_cookie_and_keeps_its_other_parameters(closed):
    answer = closed.get(f"/groups?scan=2026-11-22-1&token={VIEWER}&t=0.8&fq=a%26b")
    assert answer.status == 303
    assert answer.headers["location"] == "/groups?scan=2026-11-22-1&t=0.8&fq=a%26b"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"dupedash-1={VIEWER};")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert closed.get("/groups", cookie=cookie.partition(";")[0]).status == 200


def test_a_wrong_token_is_refused_even_with_a_good_cookie(closed):
    answer = closed.get("/?token=wrong", cookie=f"dupedash-1={EDITOR}")
    assert answer.status == 401
    assert "wrong" not in answer.read().decode()
    assert "set-cookie" not in answer.headers


def test_a_link_cannot_lead_to_another_host(closed):
    answer = closed.get(f"//evil.example/x?token={VIEWER}")
    assert answer.headers["location"] == "/evil.example/x"


def test_every_answer_carries_the_security_headers(closed, opened):
    for answer in (closed.get("/"), opened.get("/"), opened.get("/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "object-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "same-origin"


def test_a_rebound_host_name_is_refused(opened):
    assert opened.get("/").status == 200
    assert opened.socket() == 101
    assert opened.get("/thumb/c/1.jpg", Host="evil.example").status == 421
    assert opened.socket(Host="evil.example") == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "https://127.0.0.1:{port}",
        "https://evil.example",
        "http://127.0.0.1:{port}.evil.example",
        "http://evil.example/127.0.0.1:{port}",
        "http://user@127.0.0.1:{port}",
        "http://[::1]:{port}",
        "null",
        "",
        "file://",
        "chrome-extension://abcdef",
    ],
)
def test_pages_of_other_addresses_are_refused_on_every_route(opened, origin):
    origin = origin.format(port=opened.port)
    assert opened.socket(Origin=origin) == 403
    for path in ("/", "/thumb/c/1.jpg", "/graph/k.json", "/_stcore/health", "/?token=x"):
        assert opened.get(path, Origin=origin).status == 403


def test_a_page_of_the_dashboard_is_let_in_by_each_of_its_names(opened):
    for name in (f"127.0.0.1:{opened.port}", f"localhost:{opened.port}"):
        assert opened.socket(Origin=f"http://{name}", Host=name) == 101
        assert opened.get("/", Origin=f"http://{name.upper()}".lower(), Host=name).status == 200
    assert opened.socket() == 101


def test_streamlit_sees_the_page_s_own_address_as_host_and_has_nothing_to_ask(tmp_path):
    rule = resolve(instance(tmp_path), "127.0.0.1", 8501, "photos.example")
    served = Served(rule)
    try:
        for origin in (f"http://127.0.0.1:{served.port}", "https://photos.example"):
            assert served.socket(Origin=origin) == 101
            assert seen[-1] == (origin, origin.partition("//")[2])
        assert served.socket() == 101
        assert seen[-1] == (None, f"127.0.0.1:{served.port}")
    finally:
        served.close()


@pytest.mark.parametrize(
    ("hosts", "host", "origin", "own"),
    [
        ("photos.example", "photos.example", "https://photos.example", True),
        ("photos.example", "127.0.0.1:8501", "https://photos.example", True),
        ("photos.example", "127.0.0.1:8501", "http://photos.example", True),
        ("photos.example", "photos.example:8501", "http://photos.example:8501", True),
        ("Photos.Example", "photos.example:8443", "https://photos.example:8443", True),
        ("photos.example:8443", "127.0.0.1:8501", "https://photos.example:8443", True),
        ("photos.example:8443", "photos.example", "https://photos.example:8443", True),
        ("photos.example", "photos.example:8501", "http://photos.example:3000", False),
        ("photos.example", "photos.example:8501", "http://photos.example", False),
        ("photos.example", "photos.example", "http://photos.example:3000", False),
        ("photos.example", "127.0.0.1:8501", "http://localhost:3000", False),
        ("photos.example:8443", "127.0.0.1:8501", "https://photos.example", False),
        ("photos.example", "127.0.0.1:8501", "https://evil.example", False),
        ("::1, fd00::5", "[fd00::5]:8501", "http://[fd00::5]:8501", True),
    ],
)
def test_behind_a_proxy_the_named_addresses_are_the_dashboards_own(tmp_path, hosts, host, origin, own):
    rule = resolve(instance(tmp_path), "127.0.0.1", 8501, hosts)
    assert rule.admits_host(host)
    assert is_own(origin, host, "http", rule.named) is own


@pytest.mark.parametrize(
    "hosts", ["https://photos.example", "a b", "x/y", "photos.example:99999", "[", ":80"]
)
def test_a_name_that_is_none_is_told(tmp_path, hosts):
    with pytest.raises(ConfigError, match="DUPEDASH_HOSTS"):
        resolve(instance(tmp_path), "127.0.0.1", 8501, hosts)


def test_the_policy_names_the_address_of_the_dashboard_and_no_other_sockets(opened):
    policy = opened.get("/").headers["content-security-policy"]
    assert f"connect-src 'self' ws://127.0.0.1:{opened.port} wss://127.0.0.1:{opened.port};" in policy
    bent = opened.get("/", Host="localhost; script-src *").headers["content-security-policy"]
    assert "connect-src 'self';" in bent


@pytest.mark.parametrize(
    "host",
    ["localhost/_stcore/health?", "localhost:1/_stcore/health#", "x@localhost", "[", "[::1", "a]", "é", "\t"],
)
def test_no_host_header_bends_the_path_or_breaks_the_guard(closed, host):
    headers = {"Host": host.encode("latin-1")}
    assert closed.get("/groups", **headers).status in (400, 401, 421)
    assert closed.get(f"/groups?token={VIEWER}", **headers).status in (303, 400, 421)


@pytest.mark.parametrize("name", ["Cookie", "Origin", "Authorization", "X-Forwarded-Proto", "X-Forwarded-For",
                                  "Content-Length", "Accept-Encoding", "Sec-WebSocket-Protocol"])  # fmt: skip
@pytest.mark.parametrize(
    "value", [b"\xff\xfe", b"\xc3\xa9", b"dupedash-1=\xff", b'dupedash-1="', b"=;=,", b"\xed\xa0\x80", b"-1"]
)
def test_odd_headers_are_no_server_error(closed, name, value):
    assert closed.get("/groups", **{name: value}).status in (400, 401, 403)
    assert closed.socket(**{name: value}) in (400, 403)


@pytest.mark.parametrize(
    "query", ["token=%ff", "token=%ed%a0%80", "token=", "token=%00", "token", "%ff=1&token=a"]
)
def test_odd_tokens_are_refused(closed, query):
    assert closed.get(f"/?{query}").status in (400, 401)


# ------------------------------------------------------------------ guesses


@pytest.mark.parametrize("token", ["a", "secret", "fifteen letters"])
def test_a_token_that_can_be_guessed_is_refused(tmp_path, token):
    for given in ({"editor_token": token}, {"viewer_token": token}):
        with pytest.raises(ConfigError, match="at least 16"):
            resolve(instance(tmp_path, **given), "127.0.0.1", 8501)


@pytest.fixture
def strict():
    served = Served(Access(True, EDITOR, VIEWER, hosts=frozenset(), cookie="dupedash-1"))
    yield served
    served.close()


def test_whoever_guesses_links_has_to_wait_even_for_the_right_one(strict):
    answers = [strict.get(f"/?token=guess-{n}").status for n in range(15)]
    assert answers[:10] == [401] * 10
    assert answers[-1] == 429
    late = strict.get(f"/?token={EDITOR}")
    assert late.status == 429
    assert int(late.headers["retry-after"]) >= 1
    assert strict.get("/", cookie=f"dupedash-1={EDITOR}").status == 429
    assert strict.socket(cookie=f"dupedash-1={EDITOR}") == 403
    assert strict.get("/").status == 401


def test_guesses_in_cookies_count_too(strict):
    assert 429 in [strict.get("/", cookie=f"dupedash-1=guess-{n}").status for n in range(15)]


def test_who_was_in_stays_in_while_somebody_guesses_from_the_same_address(strict):
    assert strict.get("/", cookie=f"dupedash-1={VIEWER}").status == 200
    assert 429 in [strict.get(f"/?token=guess-{n}").status for n in range(15)]
    assert strict.get("/", cookie=f"dupedash-1={VIEWER}").status == 200


def test_an_old_tab_that_asks_again_and_again_locks_nobody_out(strict):
    assert {strict.get("/", cookie="dupedash-1=from-last-year").status for _ in range(40)} == {401}
    assert strict.get(f"/?token={EDITOR}").status == 303


def test_the_wait_grows_ends_and_is_one_address_s_or_one_network_s(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("dupedash.web.guesses.time.monotonic", lambda: now[0])
    guesses = Guesses()
    waits = []
    for n in range(40):
        guesses.note("2001:db8::1", str(n), right=False)
        waits.append(guesses.wait("2001:db8::ffff", "x"))
    assert waits[:10] == [0] * 10
    assert waits[10:] == sorted(waits[10:])
    assert waits[10] == 2
    assert waits[-1] == 300
    assert guesses.wait("2001:db8:0:1::1", "x") == guesses.wait("192.0.2.1", "x") == 0
    now[0] = 301.0
    assert guesses.wait("2001:db8::1", "x") == 0


def test_an_open_instance_drops_a_token_from_the_address_without_a_cookie(opened):
    answer = opened.get("/groups?token=old&t=0.8")
    assert answer.headers["location"] == "/groups?t=0.8"
    assert "set-cookie" not in answer.headers


# ------------------------------------------------------------------ below the screens


def test_no_service_changes_anything_for_a_viewer(tmp_path):
    viewer = instance(tmp_path).for_viewer()
    attempts = (
        lambda: Jobs(viewer.workspace).start("scan", {}),
        lambda: Jobs(viewer.workspace).stop("0" * 16),
        lambda: Jobs(viewer.workspace).forget("0" * 16),
        lambda: Connections(viewer.workspace).add(flow_connection("http://127.0.0.1:9", "x")),
        lambda: Connections(viewer.workspace).remove("x"),
        lambda: saved.save(viewer, "mine", "a:b"),
        lambda: saved.forget(viewer, "mine"),
        lambda: uploads.keep(viewer, "photos", [("a.png", b"x")]),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert list(tmp_path.iterdir()) == []
