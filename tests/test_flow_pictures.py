"""Pictures of images on a Flow server: found as the connection says, and nowhere else."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dupedash.cli import main
from dupedash.connect import FlowOptions, flow_connection
from dupedash.errors import ConfigError, Rejected, Unreachable, UnreadableImage
from dupedash.flow.client import FlowCollection, ImageAccess, image_access
from dupedash.flow.client.pictures import read_picture, url_of
from dupedash.model import ImageRecord
from tests.galleries import Gallery, gallery, shop

TLS = Path(__file__).parent / "tls"
"""A certificate for 127.0.0.1 that nobody but these tests trusts: `openssl req -x509 -newkey ec …`."""


@pytest.fixture(scope="module")
def web() -> Iterator[tuple[str, Any]]:
    with gallery() as (other, asked_there), gallery(other) as (url, _asked):
        yield url, asked_there


FIELDS = {"sku": "A 1/b", "labels": ("x", "y"), "bad": "../../admin"}
RECORD = ImageRecord("id&1", "/data/photos/ä b?.jpg", FIELDS)


@pytest.mark.parametrize(
    ("where", "url"),
    [
        ("https://h", "https://h/data/photos/%C3%A4%20b%3F.jpg"),
        ("https://h/files/", "https://h/files/data/photos/%C3%A4%20b%3F.jpg"),
        ("https://h/get?path=", "https://h/get?path=data/photos/%C3%A4%20b%3F.jpg"),
        ("https://h/{filename}", "https://h/%C3%A4%20b%3F.jpg"),
        ("https://h/{sku}-{id}.jpg?w=1", "https://h/A%201/b-id%261.jpg?w=1"),
        ("https://h/{labels}.jpg", "https://h/x.jpg"),
    ],
)
def test_the_url_of_a_picture_is_made_of_the_images_address_or_fields(where, url):
    assert url_of(RECORD, image_access(where).where) == url


@pytest.mark.parametrize("where", ["https://h/{bad}.jpg", "https://h/{nofield}.jpg"])
def test_a_url_that_cannot_be_made_is_told(where):
    with pytest.raises(UnreadableImage):
        url_of(RECORD, where)


@pytest.mark.parametrize(
    "address",
    ["@evil.example/x", "//evil.example/x",
     "\\\\evil.example\\x", "https://evil.example/x", "?x", "#x", ":1/",
     "http://h.example.evil.example/", "http://h.example@evil.example/", "\r\nHost: evil.example", "\ud800"],
)  # fmt: skip
def test_no_address_that_a_server_names_leads_to_another_host(address):
    for where in ("http://h.example/p", "http://h.example/p/{image}", "http://h.example"):
        assert url_of(ImageRecord("1", address), where).startswith("http://h.example/")


@pytest.mark.parametrize("address", ["../x", "a/../../x", "a\\..\\x", "..", "./x"])
def test_no_address_climbs_out_of_the_folder_of_the_url(address):
    for where in ("http://h/p/", "http://h/p/{image}"):
        with pytest.raises(UnreadableImage, match="leads through"):
            url_of(ImageRecord("1", address), where)
    with pytest.raises(UnreadableImage, match="leads through"):
        url_of(ImageRecord("1", "http://h/p/%2e%2e/x"), "http://h/p/")


def test_a_header_goes_to_the_host_that_is_named_and_is_not_sent_on_to_another(web):
    url, asked_there = web
    access = image_access(f"{url}/a/", ["X-Key: s3cret"])
    assert read_picture(ImageRecord("1", "b.png"), access) == Gallery.picture
    assert "s3cret" not in repr(access)
    with pytest.raises(UnreadableImage, match="answered 403"):
        read_picture(ImageRecord("1", "b.png"), image_access(f"{url}/a/"))
    moved = image_access(f"{url}/moved/", ["X-Key: s3cret"])
    assert read_picture(ImageRecord("1", "open/b.png"), moved) == Gallery.picture
    assert asked_there == [("/open/b.png", None)]


def test_a_pattern_of_a_folder_stays_in_the_folder(tmp_path):
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "A1.png").write_bytes(Gallery.picture)
    (tmp_path / "outside.png").write_bytes(Gallery.picture)
    access = image_access(f"{tmp_path}/shelf/{{sku}}.png")
    assert read_picture(ImageRecord("1", "x", {"sku": "A1"}), access) == Gallery.picture
    for sku in ("../outside", "A2", "\x00", str(tmp_path / "outside")):
        with pytest.raises(UnreadableImage):
            read_picture(ImageRecord("1", "x", {"sku": sku}), access)
    assert read_picture(RECORD, ImageAccess()) is None


def test_the_command_line_shows_pictures_and_says_which_cannot_be_read(web, tmp_path, capsys):
    url, _ = web
    report = tmp_path / "report.html"
    with shop(url) as server:
        base = ["--data", str(tmp_path), "--url", server]
        assert main([*base, "status"]) == 0
        assert "No pictures are shown" in capsys.readouterr().out
        assert main([*base, "--images", url, "status"]) == 0
        told = capsys.readouterr().out
        assert "1 of 3 pictures tried cannot be read: " in told
        assert "leads through" in told
        assert main([*base, "--images", url, "scan", "--html", str(report)]) == 0
    written = report.read_text()
    assert written.count("data:image/jpeg") == 1  # the sprite
    assert written.count('"cell"') >= 2  # the images that have a place in it
    assert main(["--data", str(tmp_path), "--images", url, "status"]) == 2


def test_a_certificate_of_ones_own_is_trusted_where_it_is_named():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    trusted = str(TLS / "trusted.pem")
    with gallery(context=context) as (url, asked):
        access = image_access(f"{url}/open/", certificates=trusted)
        assert read_picture(ImageRecord("1", "b.png"), access) == Gallery.picture
        with pytest.raises(UnreadableImage):
            read_picture(ImageRecord("1", "b.png"), image_access(f"{url}/open/"))
        options = FlowOptions(images=f"{url}/open/", certificates=trusted)
        flow = flow_connection(url, "x", options=options).flow
        assert flow is not None
        assert (flow.certificates, flow.images.certificates) == (trusted, trusted)
        asked.clear()
        with pytest.raises(Unreachable, match="certificate"):
            FlowCollection(replace(flow, certificates="", retries=0)).count()
        assert asked == []
        with pytest.raises(Rejected, match="not allowed"):
            FlowCollection(replace(flow, retries=0)).count()
        assert asked
        with pytest.raises(ConfigError, match="gone"):
            FlowCollection(replace(flow, certificates=str(TLS / "gone.pem"), retries=0)).count()
