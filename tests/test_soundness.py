"""What comes from outside is looked at whole: a crafted analysis is refused, a damaged one ends no scan."""

from __future__ import annotations

import base64
import io
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dupedash.collection import JoinRequest
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.describe.descriptor import describe
from dupedash.errors import CollectionError
from dupedash.images import thumbnail
from dupedash.model import ByAnalysis, ByData, ById, Document, DuplicateQuery, Smartfilter
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan
from tests.embedded_pictures import scene

HEAD = struct.Struct("<HIIHHBHIII")
Analysis = dict[str, Any]


@pytest.fixture(scope="module")
def real() -> list[Analysis]:
    """Analyses of a picture, of a smaller copy and of two others."""
    smaller = cv2.resize(scene(1), (320, 240), interpolation=cv2.INTER_AREA)
    pictures = [scene(1), smaller, scene(2), scene(3, 90, 700)]
    return [analysed(n, pixels) for n, pixels in enumerate(pictures)]


def analysed(number: int, pixels: Any) -> Analysis:
    descriptor = describe(pixels)
    return {
        "kind": "dupedash",
        "version": HEAD.unpack_from(descriptor.to_bytes())[0],
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "bytes": 1000 + number,
        "format": "PNG",
        "content": f"{number:064x}",
        "pixels": f"{number + 100:064x}",
        "taken": "2024-05-06T07:08:09+00:00",
        "camera": "Canon EOS 5D",
        "descriptor": base64.b64encode(descriptor.to_bytes()).decode(),
        "thumbnail": base64.b64encode(thumbnail(pixels)).decode(),
    }


@pytest.fixture
def collection(tmp_path: Path) -> EmbeddedCollection:
    made = EmbeddedCollection(tmp_path / "collections" / "photos")
    yield made
    made.close()


def filled(collection: EmbeddedCollection, analyses: list[Analysis]) -> list[str]:
    """The reasons why documents were refused."""
    documents = [Document(f"d{n}", f"/x/{n}.png", {}, one) for n, one in enumerate(analyses)]
    return [failure.reason for failure in collection.add(documents)]


def joined(collection: EmbeddedCollection) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """Pairs, and why images were not compared."""
    request = JoinRequest(tuple(collection.ids()), None, 0.5, False, Smartfilter.OFF)
    parts = list(collection.join(request))
    failures = {failure.what: failure.reason for part in parts for failure in part.failures}
    return {(match.a, match.b) for part in parts for match in part.matches}, failures


def with_head(analysis: Analysis, **changes: int) -> Analysis:
    """With other numbers at the beginning of its descriptor."""
    names = (
        "version",
        "height",
        "width",
        "points",
        "reason",
        "quality",
        "pdq",
        "thumb",
        "beneath",
        "sequence",
    )
    data = base64.b64decode(analysis["descriptor"])
    head = dict(zip(names, HEAD.unpack_from(data), strict=True)) | changes
    data = HEAD.pack(*head.values()) + data[HEAD.size :]
    return {**analysis, "descriptor": base64.b64encode(data).decode()}


def jpeg(size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size).save(file, "JPEG")
    return file.getvalue()


CRAFTED: dict[str, Callable[[Analysis], Analysis]] = {
    "no height": lambda one: with_head(one, height=0),
    "no size": lambda one: with_head(one, height=0, width=0),
    "endless": lambda one: with_head(one, width=2**32 - 1),
    "hash without quality": lambda one: with_head(one, quality=200),
    "wide beyond all": lambda one: {**one, "width": 2**39},
    "more pixels than are read": lambda one: {**one, "width": 10**6, "height": 10**6},
    "no bytes": lambda one: {**one, "bytes": 0},
    "half a letter": lambda one: {**one, "camera": "\ud800"},
    "no time": lambda one: {**one, "taken": "0000-01-01"},
    "a time that is none": lambda one: {**one, "taken": 7},
    "no thumbnail": lambda one: {**one, "thumbnail": base64.b64encode(b"RIFF____WEBP").decode()},
    "no text": lambda one: {**one, "descriptor": None},
    "huge thumbnail": lambda one: {**one, "thumbnail": base64.b64encode(jpeg((900, 900))).decode()},
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_analysis_is_refused_with_a_sentence(collection, real, name):
    assert filled(collection, [CRAFTED[name](real[0])])[0].startswith("This analysis is damaged")
    assert collection.count() == 0


def spoil(
    collection: EmbeddedCollection, image_id: str, change: Callable[[bytes], bytes], *, summed: bool = False
) -> None:
    """Change the stored descriptor behind the collection's back, with or without a checksum beside it."""
    with sqlite3.connect(collection.store.folder / "collection.sqlite") as connection:
        (doc,) = connection.execute("SELECT rowid FROM documents WHERE id = ?", (image_id,)).fetchone()
        (data,) = connection.execute("SELECT descriptor FROM descriptors WHERE doc = ?", (doc,)).fetchone()
        connection.execute("UPDATE descriptors SET descriptor = ? WHERE doc = ?", (change(data), doc))
        if not summed:  # as version 0.1 stored it
            connection.execute("UPDATE descriptors SET crc = NULL WHERE doc = ?", (doc,))
    connection.close()


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[:500],
    "no height": lambda data: (
        HEAD.pack(*[0 if n == 1 else v for n, v in enumerate(HEAD.unpack_from(data))]) + data[HEAD.size :]
    ),
    "no small picture": lambda data: data[: -HEAD.unpack_from(data)[-1]] + bytes(HEAD.unpack_from(data)[-1]),
    "empty": lambda _data: b"",
}


@pytest.mark.parametrize("seen_before", [False, True], ids=["never searched", "searched before"])
@pytest.mark.parametrize("how", SPOILT)
def test_a_damaged_description_is_not_compared_and_the_others_are(collection, real, how, seen_before):
    assert filled(collection, [*real, {**real[0], "pixels": "f" * 64, "content": "f" * 64}]) == []
    if seen_before:
        assert joined(collection)[0] >= {("d0", "d1"), ("d0", "d4"), ("d1", "d4")}
    spoil(collection, "d4", SPOILT[how])
    collection.close()
    again = EmbeddedCollection(collection.store.folder)
    pairs, failures = joined(again)
    assert pairs >= {("d0", "d1")}
    assert not any("d4" in pair for pair in pairs)
    assert set(failures) == {"d4"}
    assert failures["d4"].startswith("its description is damaged")
    assert {hit.id for hit in again.duplicates(ById("d0"), DuplicateQuery(0.7)).hits} == {"d1"}
    with pytest.raises(CollectionError, match="damaged description"):
        again.duplicates(ById("d4"), DuplicateQuery(0.7))
    again.close()


def flipped(share: float) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        at = int(len(data) * share)
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return change


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 0.999])
def test_a_flipped_bit_of_a_stored_description_is_noticed(collection, real, share):
    assert filled(collection, real) == []
    spoil(collection, "d1", flipped(share), summed=True)
    pairs, failures = joined(collection)
    assert not any("d1" in pair for pair in pairs)
    assert set(failures) == {"d1"}
    assert "--reread" in failures["d1"]
    [record] = collection.records(["d1"])
    collection.remove(["d1"])
    assert collection.add([Document("d1", record.location, {}, real[1])]) == []
    assert joined(collection)[1] == {}


def test_descriptions_of_an_earlier_version_have_no_sum_and_are_compared(collection, real):
    assert filled(collection, real) == []
    with sqlite3.connect(collection.store.folder / "collection.sqlite") as connection:
        connection.execute("ALTER TABLE descriptors DROP COLUMN crc")
        connection.execute("PRAGMA user_version = 3")
    connection.close()
    collection.close()
    again = EmbeddedCollection(collection.store.folder)
    pairs, failures = joined(again)
    assert ("d0", "d1") in pairs
    assert failures == {}
    again.close()


def test_a_scan_tells_which_image_was_not_compared(collection, real, tmp_path):
    filled(collection, real)
    spoil(collection, "d3", SPOILT["no height"])
    with sqlite3.connect(collection.store.folder / "collection.sqlite") as connection:
        connection.execute("UPDATE documents SET width = ? WHERE id = 'd2'", (2**39,))
    connection.close()
    scan = run_scan(collection, ScanConfig(), ScanStore(tmp_path / "scans"))
    assert scan.complete
    assert [(gap.count, gap.first) for gap in scan.coverage] == [(1, ("/x/3.png",))]
    assert scan.coverage[0].reason.startswith("its description is damaged")


NUMBERS = st.sampled_from([0, 1, -1, 255, 2**16, 2**31, 2**32 - 1, 2**39, 2**63, 2**70])
ODD = NUMBERS | st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.just([]) | st.just({})


@st.composite
def mutated(draw: st.DrawFn) -> Callable[[Analysis], Analysis]:
    """A change of a real analysis: a value, a number of its descriptor's head, or bytes anywhere in it."""
    kind = draw(st.sampled_from(["value", "head", "bytes", "cut"]))
    if kind == "value":
        name = draw(st.sampled_from(["width", "height", "bytes", "format", "content", "pixels", "taken",
                                     "camera", "descriptor", "thumbnail", "version", "kind"]))  # fmt: skip
        value = draw(ODD)
        return lambda one: {**one, name: value}
    if kind == "head":
        name = draw(
            st.sampled_from(["height", "width", "points", "reason", "quality", "pdq", "thumb", "sequence"])
        )
        number = draw(st.integers(0, 255 if name == "quality" else 65535))
        return lambda one: with_head(one, **{name: number})
    which = draw(st.sampled_from(["descriptor", "descriptor", "thumbnail"]))
    places = draw(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=40))

    def changed(one: Analysis) -> Analysis:
        data = bytearray(base64.b64decode(one[which]))
        for place, value in places if data else ():
            data[int(place * len(data))] = value
        kept = bytes(data[: int(places[0][0] * len(data))] if kind == "cut" else data)
        return {**one, which: base64.b64encode(kept).decode()}

    return changed


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(mutated(), min_size=1, max_size=2))
def test_a_changed_analysis_is_refused_or_can_be_searched(real, tmp_path_factory, changes):
    collection = EmbeddedCollection(tmp_path_factory.mktemp("fuzz") / "collections" / "photos")
    try:
        strange = real[0] | {"content": "e" * 64, "pixels": "e" * 64}
        for change in changes:
            try:
                strange = change(strange)
            except (KeyError, ValueError, TypeError, struct.error):  # nothing is left to be changed
                break
        for reason in filled(collection, [real[0], real[1], real[2], strange]):
            assert reason.startswith("This")
        pairs, failures = joined(collection)
        assert ("d0", "d1") in pairs
        assert set(failures) <= {"d3"}
        for image_id in collection.ids():
            collection.duplicates(ById(image_id), DuplicateQuery(0.7))
    finally:
        collection.close()


def test_a_real_analysis_goes_its_way_through_other_hands(collection):
    file = io.BytesIO()
    Image.fromarray(scene(5)).save(file, "PNG")
    analysis = collection.analyze(ByData(file.getvalue()))
    assert filled(collection, [analysis]) == []
    assert collection.duplicates(ByAnalysis(analysis), DuplicateQuery(0.7)).hits[0].score == 1.0
