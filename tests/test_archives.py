"""Archives that are damaged, cut off or made to do harm: one bad entry is one line in the report."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dupedash.check import of_sources, of_upload
from dupedash.errors import UnreadableImage
from dupedash.images import Limits
from dupedash.model import Failure

PLAIN = b"a picture, as far as an archive knows " * 200
METHODS = {
    "stored": zipfile.ZIP_STORED,
    "deflate": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}


def packed(method: int, **files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.png", content)
    return data.getvalue()


def read(archive: bytes, limits: Limits | None = None) -> dict[str, str | bytes]:
    """What each entry holds, or why it cannot be read."""
    found: dict[str, str | bytes] = {}
    for item in of_upload("z.zip", archive, limits=limits or Limits()):
        if isinstance(item, Failure):
            found[item.what] = item.reason
            continue
        try:
            assert item.read is not None
            found[item.name.removeprefix("z.zip: ")] = item.read()
        except UnreadableImage as error:
            found[item.name.removeprefix("z.zip: ")] = error.reason
    return found


def offset(archive: bytes, name: str) -> int:
    """Where the data of an entry begin."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        place = opened.getinfo(f"{name}.png").header_offset
    length, extra = struct.unpack_from("<HH", archive, place + 26)
    return place + 30 + length + extra


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_damaged_entry_is_named_and_the_others_are_read(method):
    archive = bytearray(packed(method, first=PLAIN, bad=PLAIN, last=PLAIN))
    place = offset(bytes(archive), "bad")
    archive[place + 5 : place + 40] = bytes(255 - b for b in archive[place + 5 : place + 40])
    found = read(bytes(archive))
    assert found["first.png"] == found["last.png"] == PLAIN
    assert str(found["bad.png"]).startswith("cannot be unpacked")


def patched(archive: bytes, name: str, at: int, value: int) -> bytes:
    """With another number in both headers of an entry: `at` counts from the local one's flags."""
    changed = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        local = opened.getinfo(f"{name}.png").header_offset
    central = archive.index(b"PK\1\2")
    while archive[central + 46 :].find(f"{name}.png".encode()) != 0:
        central = archive.index(b"PK\1\2", central + 4)
    struct.pack_into("<H", changed, local + 6 + at, value)
    struct.pack_into("<H", changed, central + 8 + at, value)
    return bytes(changed)


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (0, 1, "it is encrypted"),
        (2, 9, "its compression (deflate64) is not supported"),
        (2, 77, "its compression (number 77) is not supported"),
        (2, 12, "cannot be unpacked"),
        (2, 14, "cannot be unpacked"),
    ],
)
def test_what_cannot_be_unpacked_says_why(at, value, reason):
    found = read(patched(packed(zipfile.ZIP_DEFLATED, bad=PLAIN, good=PLAIN), "bad", at, value))
    assert str(found["bad.png"]).startswith(reason)
    assert found["good.png"] == PLAIN


def test_an_archive_that_is_cut_off_says_so(tmp_path):
    archive = packed(zipfile.ZIP_DEFLATED, one=PLAIN)[:-30]
    assert read(archive)["z.zip"].startswith("not a readable zip archive")
    (tmp_path / "z.zip").write_bytes(archive)
    (failure,) = of_sources([str(tmp_path / "z.zip")])
    assert isinstance(failure, Failure)


def test_an_archive_inside_an_archive_is_named():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("more.ZIP", b"x")
        archive.writestr("one.png", PLAIN)
    assert read(data.getvalue()) == {
        "z.zip: more.ZIP": "an archive inside an archive: unpack it first",
        "one.png": PLAIN,
    }


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_an_entry_that_holds_more_than_it_claims_takes_no_memory(method):
    bomb = bytearray(packed(method, bomb=bytes(100_000_000)))
    size, wrong = struct.pack("<I", 100_000_000), struct.pack("<I", 1000)
    assert bomb.count(size) == 2
    found = read(bytes(bomb.replace(size, wrong)))
    assert str(found["bomb.png"]).startswith("cannot be unpacked")


def test_unpacking_is_bounded_in_time():
    found = read(packed(zipfile.ZIP_DEFLATED, slow=bytes(3_000_000)), Limits(max_seconds=0.0))
    assert found["slow.png"] == "takes longer than 0 s to be unpacked"


def test_a_list_of_entries_beyond_all_measure_is_not_read():
    archive = bytearray(packed(zipfile.ZIP_STORED, one=PLAIN))
    struct.pack_into("<I", archive, len(archive) - 22 + 12, 1 << 30)
    assert read(bytes(archive)) == {"z.zip": "its list of entries has more than 16 MB"}


@settings(max_examples=100, deadline=None)
@given(
    method=st.sampled_from(list(METHODS.values())),
    changes=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.floats(0.1, 1),
)
def test_no_bytes_of_an_archive_cause_anything_but_lines_of_the_report(method, changes, cut):
    archive = bytearray(packed(method, one=PLAIN, two=b"short"))
    for place, value in changes:
        archive[int(place * len(archive))] = value
    for entry, told in read(bytes(archive[: int(cut * len(archive))])).items():
        assert isinstance(entry, str)
        assert told is not None
