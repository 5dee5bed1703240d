"""Watching: what is new is found, told once to whoever wants to hear it, and nothing is touched."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest
import streamlit as st

from dupedash.cli.watch import seconds
from dupedash.config import Settings, Workspace
from dupedash.connect import Connection, connect
from dupedash.errors import ConfigError, Conflict, Forbidden, NotTold, Unreachable
from dupedash.fetch import UrlAccess, post
from dupedash.scans import ScanStore
from dupedash.storage import locks
from dupedash.ui.door import access
from dupedash.watch import Channels, Watch, channels, is_watched, mark_seen, read_state, seen_until, watch
from dupedash.watch.state import lock_of
from tests.app_pages import opened
from tests.indexed import draw, read


class Place:
    """A folder of pictures with a collection, and what watching said of it."""

    def __init__(self, root: Path) -> None:
        self.folder, self.workspace, self.said = root / "pictures", Workspace(root / "data"), []
        self.folder.mkdir()
        for seed, name in enumerate(["a.png", "b.png"]):
            draw(self.folder / name, seed)
        with self.open() as collection:
            read(collection.store, self.folder)

    @contextmanager
    def open(self):
        collection = connect(Connection("photos"), self.workspace)
        try:
            yield collection
        finally:
            collection.close()

    def look(self, who: Channels | None = None, **how):
        """One look; its news, or None, and what was said."""
        said = []
        watch(Watch(self.workspace, "photos", self.open, 0.0, channels=who or Channels(), **how),
              lambda words, news: said.append((words, news)))  # fmt: skip
        self.said += [words for words, _ in said]
        return said[0][1] if said else None

    def copy(self, name: str, of: str = "a.png") -> Path:
        return Path(shutil.copy(self.folder / of, self.folder / name))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_new_images_are_found_and_those_that_are_duplicates_told_once(place):
    assert place.look() is None
    assert place.said == ["2 images are known from now on."]
    place.copy("copy.png")
    draw(place.folder / "alone.png", 7)
    news = place.look()
    assert news.words == "2 new images, 1 of them duplicates, in 1 group"
    (group,) = news.groups
    assert group.new == (str(place.folder / "copy.png"),)
    assert group.known == (str(place.folder / "a.png"),)
    assert group.score == 1.0
    assert place.look() is None
    assert place.said[-1] == "Nothing new."
    assert read_state(place.workspace, "photos").news == (news,)


def test_files_that_came_after_the_last_scan_are_new_at_the_first_look(place):
    from tests import workspaces

    workspaces.scan(place.workspace)
    place.copy("copy.png")
    assert place.look().duplicates == 1


def test_a_file_with_other_content_is_new(place):
    place.look()
    (place.folder / "b.png").write_bytes((place.folder / "a.png").read_bytes())
    os.utime(place.folder / "b.png", (1, 1))
    assert place.look().groups[0].new == (str(place.folder / "b.png"),)


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_a_folder_that_is_away_keeps_its_images_and_is_no_news_when_it_returns(place, left):
    place.look()
    away = place.folder.rename(place.folder.with_name("elsewhere"))
    if left != "nothing":
        place.folder.mkdir()
    assert place.look() is None
    assert f"Not there just now, and left as they were: {place.folder}." in place.said[-1]
    assert read_state(place.workspace, "photos").remark
    with place.open() as collection:
        assert collection.count() == 2
    if left != "nothing":
        place.folder.rmdir()
    away.rename(place.folder)
    place.copy("copy.png")
    assert place.look().images == 1
    assert read_state(place.workspace, "photos").remark == ""


def test_watching_leaves_no_more_than_two_scans_of_its_own(place):
    place.look()
    store = ScanStore(place.workspace.scans)
    kept = store.rename(store.list()[0].id, "Before the holidays")
    for number in range(3):
        place.copy(f"copy-{number}.png")
        place.look()
    assert len(store.list()) == 3
    assert kept.id in {scan.id for scan in store.list()}


def test_a_scan_that_somebody_deleted_is_no_obstacle(place):
    place.look()
    store = ScanStore(place.workspace.scans)
    store.delete(store.list()[0].id)
    assert place.look() is None
    assert place.said[-1] == "2 images are known from now on."


def test_a_program_gets_the_news_as_json_and_no_shell_sees_them(place, tmp_path):
    place.look()
    place.copy("x;touch pwned.png")
    heard = tmp_path / "heard.json"
    program = tmp_path / "hear.py"
    program.write_text("import sys; open(sys.argv[1], 'w').write(sys.stdin.read())")
    place.look(channels(f"{sys.executable} {program} {heard}", ""))
    told = json.loads(heard.read_text())
    assert told["collection"] == "photos"
    assert (told["images"], told["duplicates"]) == (1, 1)
    assert told["groups"][0]["new"] == [str(place.folder / "x;touch pwned.png")]
    assert not list(tmp_path.rglob("pwned*"))


def test_what_a_program_did_not_take_is_told_again(place, tmp_path):
    place.look()
    place.copy("copy.png")
    place.look(channels(f"{sys.executable} -c 'raise SystemExit(3)'", ""))
    assert "ended with the code 3. It is told again" in place.said[-1]
    assert "code 3" in read_state(place.workspace, "photos").remark
    heard = tmp_path / "heard.json"
    program = f"import sys; open('{heard}', 'a').write(sys.stdin.read())"
    hearing = channels(shlex.join([sys.executable, "-c", program]), "")
    place.look(hearing)
    assert json.loads(heard.read_text())["duplicates"] == 1
    place.look(hearing)
    json.loads(heard.read_text())
    assert read_state(place.workspace, "photos").remark == ""


def test_a_program_that_is_not_there_or_no_address_is_refused_before_anything_is_done():
    with pytest.raises(ConfigError, match="no program 'nosuchprogram'"):
        channels("nosuchprogram --loud", "")
    with pytest.raises(ConfigError, match="not understood"):
        channels("echo 'half", "")
    with pytest.raises(ConfigError, match="only http and https"):
        channels("", "file:///etc/passwd")


class Hook(BaseHTTPRequestHandler):
    heard: list[tuple[str, bytes]] = []  # noqa: RUF012 (emptied by the fixture)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, body))
        self.send_response(302 if self.path == "/moved" else 500 if self.path == "/broken" else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args):
        """Quiet."""


@pytest.fixture
def hook():
    Hook.heard.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def test_an_address_gets_the_news_where_its_host_is_trusted(place, hook):
    place.look()
    place.copy("copy.png")
    place.look(channels("", f"{hook}/told?secret=1"))
    assert Hook.heard == []
    assert "was not told" in place.said[-1]
    assert "secret" not in place.said[-1]
    place.look(channels("", f"{hook}/told", ["localhost"]))
    ((path, body),) = Hook.heard
    assert (path, json.loads(body)["duplicates"]) == ("/told", 1)


@pytest.mark.parametrize("path", ["/moved", "/broken"])
def test_an_answer_other_than_yes_is_a_failure_and_no_redirect_is_followed(hook, path):
    trusting = UrlAccess(allowed=True, trusted=frozenset({"localhost"}), seconds=5)
    with pytest.raises(NotTold, match="answered 302" if path == "/moved" else "answered 500"):
        post(hook + path, b"{}", "application/json", trusting)
    assert [asked for asked, _ in Hook.heard] == [path]


def test_a_look_that_fails_is_told_and_the_next_one_tries_again(place):
    tries = []

    @contextmanager
    def flaky():
        tries.append(len(tries))
        if len(tries) == 1:
            raise Unreachable("The server is away.", "photos")
        with place.open() as collection:
            yield collection

    said = []
    watch(Watch(place.workspace, "photos", flaky, 0.01, cancelled=lambda: len(said) > 1),
          lambda words, _news: said.append(words))  # fmt: skip
    assert said == ["The server is away.", "2 images are known from now on."]
    tries.clear()
    with pytest.raises(Unreachable):
        watch(Watch(place.workspace, "photos", flaky, 0.0), lambda *_: None)


def test_a_collection_has_one_watcher(place):
    with locks.held(lock_of(place.workspace, "photos")):
        assert is_watched(place.workspace, "photos")
        with pytest.raises(Conflict, match="photos is watched already"):
            place.look()
    assert not is_watched(place.workspace, "photos")
    with pytest.raises(Forbidden):
        watch(Watch(Settings(place.workspace, readonly=True).for_viewer().workspace, "photos", place.open),
              print)  # fmt: skip


def test_news_are_seen_until_somebody_said_so(place):
    assert seen_until(place.workspace, "photos") is None
    place.look()
    mark_seen(place.workspace, "photos")
    assert seen_until(place.workspace, "photos") > read_state(place.workspace, "photos").looked


def test_a_damaged_state_is_named(place):
    place.look()
    file = place.workspace.watches / "photos.json"
    file.write_text("{")
    with pytest.raises(ConfigError, match="is damaged"):
        place.look()


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_a_watcher_ends_cleanly_when_it_is_asked_to(place):
    command = [sys.executable, "-m", "dupedash", "--data", place.workspace.root, "watch", "--every", "1d"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert "2 images are known from now on." in running.stdout.readline()
    assert is_watched(place.workspace, "photos")
    asked = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(120) == 0
    assert time.monotonic() - asked < 20
    assert not is_watched(place.workspace, "photos")


def test_times_are_read_as_people_write_them():
    assert [seconds(text) for text in ("90s", "30m", " 1H ", "2d")] == [90, 1800, 3600, 172800]
    for wrong in ("1", "h", "-1h", "3s", "1.5h", "0m"):
        with pytest.raises(click.BadParameter):
            seconds(wrong)


@pytest.fixture
def shown(place, monkeypatch):
    """The place in the dashboard."""
    for name in ("DUPEDASH_READONLY", "DUPEDASH_EDITOR_TOKEN", "DUPEDASH_VIEWER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DUPEDASH_DATA", str(place.workspace.root))
    _forget()
    yield place
    _forget()


def _forget():
    st.cache_data.clear()
    st.cache_resource.clear()
    access.current.cache_clear()


def test_the_overview_tells_the_news_until_somebody_has_seen_them(shown):
    shown.look()
    shown.copy("copy.png")
    shown.look()
    at = opened("overview")
    assert any("1 new image, 1 of them duplicates" in text.value for text in at.markdown)
    assert any("copy\\.png**" in text.value and "a duplicate of" in text.value for text in at.caption)
    at.button(key="overview.seen").click().run()
    assert not any("new image" in text.value for text in at.markdown)


def test_a_switch_lets_a_collection_be_watched_and_ends_it(shown):
    at = opened("collection")
    at.toggle(key="watch.on").set_value(True).run()
    assert not at.exception
    _until(lambda: read_state(shown.workspace, "photos").scan)
    at.run()
    assert at.toggle(key="watch.on").value
    assert any(text.value.startswith("Looked just now, again at about") for text in at.caption)
    at.toggle(key="watch.on").set_value(False).run()
    _until(lambda: not at.run().toggle(key="watch.on").value)
    assert not is_watched(shown.workspace, "photos")


def _until(condition):
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
