"""What every collection promises, whoever keeps it: one suite over the fake, the embedded engine, and the
Flow client before our Flow server before either, through a real socket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dupedash.collection import WritableCollection
from dupedash.errors import QueryError, UnknownImage, UnreadableImage
from dupedash.model import (
    ByAnalysis,
    ByData,
    ById,
    Document,
    DuplicateQuery,
    FieldInfo,
    FieldType,
    ValueCount,
)
from tests.backends import BACKENDS
from tests.pictures import as_file, brighter, scene, smaller

DAY = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)
HOSTILE_IDS = [
    "with space & ampersand=1",
    "ü/ö#ä?x%41+plus",
    'quote" back\\slash \'single\' *star* (a OR b)',
    "<script>alert(1)</script>",
    "日本語🙂",
    "x" * 300,
    "-leading:colon",
]


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.__name__)
def collection(request, tmp_path) -> Iterator[WritableCollection]:
    with request.param(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def drawn(tmp_path_factory) -> Path:
    """Scene 1 with a smaller and a brighter copy, scene 2 with a JPEG of it, scenes 3 and 4 alone."""
    folder, one, two = tmp_path_factory.mktemp("drawn"), scene(1), scene(2)
    (folder / "1.png").write_bytes(as_file(one))
    (folder / "1 small.png").write_bytes(as_file(smaller(one)))
    (folder / "1-bright.png").write_bytes(as_file(brighter(one)))
    (folder / "2.png").write_bytes(as_file(two))
    (folder / "2.jpg").write_bytes(as_file(two, "JPEG"))
    (folder / "3.png").write_bytes(as_file(scene(3)))
    (folder / "4.png").write_bytes(as_file(scene(4)))
    return folder


@pytest.fixture
def folder(tmp_path, drawn) -> Path:
    return Path(shutil.copytree(drawn, tmp_path / "pictures"))


DOCUMENTS = {
    "a1": ("1.png", {"project": "a", "rating": 5, "labels": ("red", "big"), "day": DAY, "sold": True}),
    "a2": ("1 small.png", {"project": "a", "rating": 4, "labels": ("red",), "price": 2.5}),
    "a3": ("1-bright.png", {"project": "b", "rating": 3}),
    "b1": ("2.png", {"project": "b", "labels": ("blue",)}),
    "b2": ("2.jpg", {"project": "a"}),
    "c1": ("3.png", {"project": "c"}),
    "d1": ("4.png", {}),
}


@pytest.fixture
def filled(collection, folder) -> WritableCollection:
    documents = [Document(i, str(folder / file), fields) for i, (file, fields) in DOCUMENTS.items()]
    assert collection.add(documents) == []
    collection.commit()
    return collection


def ids_of(hits) -> list[str]:
    return [hit.id for hit in hits.hits]


def test_an_empty_collection_has_nothing_and_says_so(collection):
    assert collection.count() == 0
    assert collection.ids() == []
    assert collection.records([]) == []
    assert collection.count(["*:*"]) == 0


def test_ids_are_sorted_and_counted(filled):
    assert filled.ids() == sorted(DOCUMENTS)
    assert filled.count() == len(DOCUMENTS)


@pytest.mark.parametrize(
    ("fq", "expected"),
    [
        (["project:a"], ["a1", "a2", "b2"]),
        (["-project:a"], ["a3", "b1", "c1", "d1"]),
        (["project:a", "rating:[4 TO *]"], ["a1", "a2"]),
        (["labels:red"], ["a1", "a2"]),
        (["labels:(big OR blue)"], ["a1", "b1"]),
        (["sold:true"], ["a1"]),
        (["price:[2 TO 3}"], ["a2"]),
        (["day:[2024-02-29T00:00:00Z TO 2024-03-01T00:00:00Z}"], ["a1"]),
        (["project:*"], ["a1", "a2", "a3", "b1", "b2", "c1"]),
        (["-id:a1"], ["a2", "a3", "b1", "b2", "c1", "d1"]),
        (['filename:"1 small.png"'], ["a2"]),
        (["project:nowhere"], []),
    ],
)
def test_filters_choose_images(filled, fq, expected):
    assert filled.ids(fq) == expected
    assert filled.count(fq) == len(expected)


@pytest.mark.parametrize("fq", ["project:(a", "nosuchfield:x", "rating:abc", "day:yesterday"])
def test_a_filter_that_cannot_be_used_is_a_query_error(filled, fq):
    with pytest.raises(QueryError):
        filled.count([fq])
    with pytest.raises(QueryError):
        filled.ids([fq])


def test_records_come_in_the_order_asked_for_with_all_that_is_known(filled, folder):
    records = filled.records(["b1", "a1", "b1"])
    assert [record.id for record in records] == ["b1", "a1", "b1"]
    one = records[1]
    assert one.location == str(folder / "1.png")
    assert one.filename == "1.png"
    assert (one.width, one.height) == (480, 360)
    assert one.bytes == (folder / "1.png").stat().st_size
    assert one.format == "PNG"
    wanted = DOCUMENTS["a1"][1]
    assert {name: one.fields[name] for name in wanted} == wanted
    assert one.fields["day"] == DAY


def test_a_record_of_an_unknown_id_is_an_error_that_names_it(filled):
    with pytest.raises(UnknownImage, match="nobody"):
        filled.records(["a1", "nobody"])


def test_fields_have_their_types(filled):
    fields = filled.fields()
    wanted = [
        FieldInfo("project", FieldType.STRING),
        FieldInfo("rating", FieldType.LONG),
        FieldInfo("price", FieldType.DOUBLE),
        FieldInfo("sold", FieldType.BOOLEAN),
        FieldInfo("day", FieldType.DATE),
        FieldInfo("labels", FieldType.STRING, multi=True),
        FieldInfo("width", FieldType.LONG),
    ]
    assert [fields[info.name] for info in wanted] == wanted


def test_values_come_with_counts_the_most_frequent_first(filled):
    assert filled.values("project") == [ValueCount("a", 3), ValueCount("b", 2), ValueCount("c", 1)]
    assert filled.values("labels", prefix="b") == [ValueCount("big", 1), ValueCount("blue", 1)]
    assert filled.values("project", limit=1) == [ValueCount("a", 3)]


def test_an_indexed_image_finds_its_copies_and_not_itself(filled):
    hits = filled.duplicates(ById("a1"), DuplicateQuery(0.7))
    assert set(ids_of(hits)) == {"a2", "a3"}
    assert not hits.truncated
    scores = [hit.score for hit in hits.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0.7 <= score <= 1 for score in scores)


def test_an_image_without_copies_finds_nothing(filled):
    assert filled.duplicates(ById("d1"), DuplicateQuery(0.7)).hits == ()


def test_scores_are_the_same_both_ways(filled):
    forth = {h.id: h.score for h in filled.duplicates(ById("b1"), DuplicateQuery(0.5)).hits}
    back = {h.id: h.score for h in filled.duplicates(ById("b2"), DuplicateQuery(0.5)).hits}
    assert forth["b2"] == back["b1"]


def test_the_threshold_is_a_floor(filled):
    best = filled.duplicates(ById("a1"), DuplicateQuery(0.7)).hits[0]
    assert best.id in ids_of(filled.duplicates(ById("a1"), DuplicateQuery(best.score)))
    above = min(1.0, best.score + 1e-6)
    if above > best.score:
        assert best.id not in ids_of(filled.duplicates(ById("a1"), DuplicateQuery(above)))


def test_a_filter_narrows_what_is_searched_not_what_is_asked(filled):
    only_b = DuplicateQuery(0.7, fq=("project:b",))
    assert ids_of(filled.duplicates(ById("a1"), only_b)) == ["a3"]
    without = DuplicateQuery(0.7, fq=("-id:a2",))
    assert ids_of(filled.duplicates(ById("a1"), without)) == ["a3"]
    assert filled.duplicates(ById("c1"), only_b).hits == ()


def test_more_hits_than_rows_are_reported(filled):
    hits = filled.duplicates(ById("a1"), DuplicateQuery(0.7, rows=1))
    assert len(hits.hits) == 1
    assert hits.truncated
    assert not filled.duplicates(ById("a1"), DuplicateQuery(0.7, rows=2)).truncated


@pytest.mark.parametrize("fq", [(), ("project:b",)])
def test_the_duplicates_of_an_unknown_id_are_an_error(filled, fq):
    with pytest.raises(UnknownImage, match="nobody"):
        filled.duplicates(ById("nobody"), DuplicateQuery(0.7, fq=fq))


def test_an_upload_finds_the_indexed_image_and_its_copies(filled):
    data = as_file(smaller(scene(2)), "JPEG", 80)
    assert set(ids_of(filled.duplicates(ByData(data), DuplicateQuery(0.7)))) == {"b1", "b2"}
    assert filled.duplicates(ByData(as_file(scene(9))), DuplicateQuery(0.7)).hits == ()


def test_an_upload_that_is_no_picture_is_unreadable_not_unmatched(filled):
    for ask in (lambda image: filled.duplicates(image, DuplicateQuery(0.7)), filled.analyze):
        with pytest.raises(UnreadableImage, match=r"hello\.jpg"):
            ask(ByData(b"hello, I am a text", "hello.jpg"))


def test_an_analysis_finds_what_its_picture_finds(filled):
    data = as_file(scene(1))
    by_data = filled.duplicates(ByData(data), DuplicateQuery(0.5))
    by_analysis = filled.duplicates(ByAnalysis(filled.analyze(ByData(data))), DuplicateQuery(0.5))
    assert by_analysis == by_data
    assert by_data.hits[0].score >= 0.95


def test_an_analysis_can_be_added_instead_of_a_file(filled):
    analysis = filled.analyze(ByData(as_file(brighter(scene(3)))))
    assert filled.add([Document("c2", "/nowhere/c2.png", {"project": "new"}, analysis)]) == []
    filled.commit()
    assert ids_of(filled.duplicates(ById("c2"), DuplicateQuery(0.7))) == ["c1"]
    assert filled.records(["c2"])[0].location == "/nowhere/c2.png"


def test_what_cannot_be_added_comes_back_and_the_rest_is_added(filled, folder):
    (folder / "broken.png").write_bytes(b"not a picture")
    documents = [
        Document("x1", str(folder / "broken.png")),
        Document("x2", str(folder / "4.png")),
        Document("x3", str(folder / "missing.png")),
    ]
    failures = filled.add(documents)
    filled.commit()
    assert {failure.what for failure in failures} == {"x1", "x3"}
    assert all(failure.reason for failure in failures)
    assert set(filled.ids()) == {*DOCUMENTS, "x2"}


def test_adding_an_id_again_replaces_the_image(filled, folder):
    assert filled.add([Document("d1", str(folder / "2.png"))]) == []
    filled.commit()
    assert filled.count() == len(DOCUMENTS)
    assert set(ids_of(filled.duplicates(ById("d1"), DuplicateQuery(0.7)))) == {"b1", "b2"}


def test_removed_images_are_gone_and_unknown_ids_are_no_error(filled):
    filled.remove(["a2", "nobody"])
    filled.commit()
    assert "a2" not in filled.ids()
    assert ids_of(filled.duplicates(ById("a1"), DuplicateQuery(0.7))) == ["a3"]


def test_fields_can_be_changed_and_removed_without_touching_the_picture(filled):
    assert filled.set_fields({"a1": {"project": "z", "rating": None, "labels": ("new", "red")}}) == []
    filled.commit()
    fields = filled.records(["a1"])[0].fields
    assert (fields["project"], fields["labels"]) == ("z", ("new", "red"))
    assert "rating" not in fields
    assert fields["sold"] is True
    assert set(ids_of(filled.duplicates(ById("a1"), DuplicateQuery(0.7)))) == {"a2", "a3"}


def test_a_change_of_an_unknown_image_comes_back(filled):
    assert [failure.what for failure in filled.set_fields({"nobody": {"project": "z"}})] == ["nobody"]


def test_the_state_changes_with_the_collection_and_only_then(filled, folder):
    before = filled.state()
    filled.duplicates(ById("a1"), DuplicateQuery(0.7))
    assert filled.state() == before
    seen = {before}
    for change in (
        lambda: filled.add([Document("n", str(folder / "4.png"))]),
        lambda: filled.set_fields({"n": {"project": "q"}}),
        lambda: filled.remove(["n"]),
    ):
        change()
        filled.commit()
        assert filled.state() not in seen
        seen.add(filled.state())


@pytest.mark.parametrize("image_id", HOSTILE_IDS, ids=range(len(HOSTILE_IDS)))
def test_any_text_can_be_an_id(filled, folder, image_id):
    assert filled.add([Document(image_id, str(folder / "4.png"), {"project": image_id})]) == []
    filled.commit()
    assert image_id in filled.ids()
    assert filled.records([image_id])[0].fields["project"] == image_id
    assert ids_of(filled.duplicates(ById(image_id), DuplicateQuery(0.9))) == ["d1"]
    assert ids_of(filled.duplicates(ById("d1"), DuplicateQuery(0.9))) == [image_id]
    filled.remove([image_id])
    filled.commit()
    assert image_id not in filled.ids()


def test_a_thumbnail_is_a_small_jpeg_and_a_picture_is_bounded(filled):
    with Image.open(BytesIO(filled.thumbnail("a1") or b"")) as image:
        assert image.format == "JPEG"
        assert max(image.size) <= 320
    with Image.open(BytesIO(filled.picture("a1", long_side=200) or b"")) as image:
        assert max(image.size) <= 200


def test_a_picture_whose_file_is_gone_cannot_be_had(filled, folder):
    (folder / "3.png").unlink()
    assert filled.picture("c1") is None


def test_many_threads_may_ask_at_once(filled):
    def ask(n: int) -> tuple[str, ...]:
        return tuple(ids_of(filled.duplicates(ById(sorted(DOCUMENTS)[n % 7]), DuplicateQuery(0.7))))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(70)))
    assert found == found[:7] * 10
