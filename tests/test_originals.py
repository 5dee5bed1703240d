"""Originals in full size, all that files tell, and the folder on the desktop of this machine alone."""

from __future__ import annotations

import io
import os
import time

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette

from dupedash.connect import Connection, connect
from dupedash.errors import ConfigError, UnreadableImage
from dupedash.images.metadata.tags import read_tags
from dupedash.ui.door import access, desktop
from dupedash.ui.door.access import Access
from dupedash.ui.door.routes import ROUTES, original_url
from tests import workspaces
from tests.app_pages import opened
from tests.asking import Client
from tests.pictures import as_file, scene
from tests.test_group_pages import filled, first_group, forget, photos

__all__ = ["filled", "photos"]


@pytest.fixture
def kinds(tmp_path, monkeypatch):
    """A collection of a JPEG that is larger than previews, a TIFF, a WebP and a file that is no picture."""
    folder = tmp_path / "kinds"
    folder.mkdir()
    large = scene(3).resize((2000, 1500))
    for name, kind in (("large.jpg", "JPEG"), ("deep.tif", "TIFF"), ("small.webp", "WEBP")):
        (folder / name).write_bytes(as_file(large, kind))
    (folder / "broken.jpg").write_bytes(b"<script>alert(1)</script>")
    workspace = workspaces.fill(tmp_path / "data", folder)
    monkeypatch.setenv("DUPEDASH_DATA", str(workspace.root))
    forget()
    collection = connect(Connection("photos"), workspace)
    yield {r.filename: r for r in collection.records(collection.ids())}
    collection.close()
    forget()


def fetched(record):
    return Client(Starlette(routes=ROUTES)).get(original_url("photos", record.id, record.content))


def test_an_original_that_browsers_show_is_sent_as_it_is(kinds):
    for name, kind in (("large.jpg", "image/jpeg"), ("small.webp", "image/webp")):
        answer = fetched(kinds[name])
        with open(kinds[name].location, "rb") as file:
            assert (answer.content, answer.headers["content-type"]) == (file.read(), kind)


def test_another_one_comes_with_every_pixel(kinds):
    answer = fetched(kinds["deep.tif"])
    shown = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert answer.headers["content-type"] == "image/png"
    assert (shown == np.asarray(Image.open(kinds["deep.tif"].location).convert("RGB"))).all()


def test_what_is_no_picture_is_never_sent(kinds):
    assert fetched(kinds["broken.jpg"]).headers["content-type"] == "image/svg+xml"


def compared(at) -> str:
    """The table of the two that are compared."""
    bodies = [html.proto.body for html in at.get("html")]
    return next(body for body in bodies if "dd-table" in body and "<th>A<" in body)


def test_the_page_shows_only_what_differs_and_all_that_files_tell(photos):
    at = opened("group", group=first_group(photos)[0])
    assert 'class="same"' in compared(at)
    at.toggle(key="pair.differing").set_value(True).run()
    assert 'class="same"' not in compared(at)
    at.toggle(key="pair.all").set_value(True).run()
    assert not at.exception
    assert "Original of A" in "".join(b.proto.label for b in at.get("link_button"))


def test_all_tags_of_a_file_are_told_as_short_plain_text(tmp_path):
    file, exif = tmp_path / "a.jpg", Image.Exif()
    exif[0x010F] = "Maker\u202e\x00" + "x" * 1000
    exif.get_ifd(0x8825)[1] = "N"
    scene(1).save(file, exif=exif)
    tags = read_tags(file)
    assert tags["Make"].startswith("Maker")
    assert len(tags["Make"]) <= 201
    assert tags["Make"].isprintable()
    assert tags["GPSLatitudeRef"] == "N"
    file.write_bytes(b"no picture")
    with pytest.raises(UnreadableImage, match="metadata"):
        read_tags(file)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A machine with a desktop, whose program for folders writes down what it is given."""
    program, seen = tmp_path / "xdg-open", tmp_path / "seen"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}.part && mv {seen}.part {seen}\n')
    program.chmod(0o755)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(access, "current", lambda: Access(required=False))
    return seen


def test_a_folder_is_shown_where_there_is_a_desktop_whatever_it_is_called(tmp_path, desk):
    folder = tmp_path / "-n $(touch hacked) ; 'q'"
    folder.mkdir()
    desktop.open_folder(folder / "a.jpg")
    until = time.monotonic() + 120
    while not desk.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    assert desk.read_text() == str(folder)


@pytest.mark.usefixtures("desk")
def test_no_folder_is_shown_to_others_or_where_it_is_gone(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="gone"):
        desktop.open_folder(tmp_path / "nowhere" / "a.jpg")
    monkeypatch.setattr(access, "current", lambda: Access(required=True, editor="e" * 16))
    with pytest.raises(ConfigError):
        desktop.open_folder(tmp_path / "a.jpg")
