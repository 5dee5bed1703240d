"""What the embedded collection promises beyond the contract: copies, analyses, joins, caches."""

from __future__ import annotations

import base64
import copy
import itertools
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
from PIL import Image

from dupedash.collection import BulkSearch, FoundMatch, JoinPart, JoinRequest, WritableCollection
from dupedash.embedded import compare
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.compare.pairs import RecentScores, judge
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.files.update import index
from dupedash.embedded.run import blocks
from dupedash.embedded.run import join as joining
from dupedash.embedded.run.steps import Shelf, Stored
from dupedash.embedded.store import cache
from dupedash.errors import (
    Cancelled,
    CollectionError,
    ConfigError,
    UnknownImage,
    UnreadableImage,
    Unsupported,
)
from dupedash.model import (
    ByAnalysis,
    ByData,
    ById,
    ByUrl,
    ChangeKind,
    Document,
    DuplicateQuery,
    Hits,
    Smartfilter,
    ignore,
    never,
)
from dupedash.workers import Pool
from tests.embedded_pictures import crop, labelled, resized, scene

ALL = DuplicateQuery(0.5)


def write(path: Path, pixels: np.ndarray, **options: object) -> None:
    Image.fromarray(pixels).save(path, **options)


@pytest.fixture(scope="session")
def album(tmp_path_factory) -> Path:
    """Families of copies and loners, by name: family and kind."""
    folder = tmp_path_factory.mktemp("album")
    one, two, three = (scene(seed, 180, 240) for seed in (1, 2, 3))
    write(folder / "1 original.png", one)
    write(folder / "1 same pixels.bmp", one)
    shutil.copy(folder / "1 original.png", folder / "1 same file.png")
    write(folder / "1 small.jpg", resized(one, 0.6), quality=85)
    write(folder / "1 labelled.png", labelled(cv2.resize(one, (480, 360))))
    write(folder / "1 mirrored.png", np.ascontiguousarray(one[:, ::-1]))
    write(folder / "2 original.png", two)
    write(folder / "2 crop.png", crop(two, 0.7))
    write(folder / "3 loner.png", three)
    write(folder / "4 flat.png", np.full((60, 80, 3), 128, np.uint8))
    shutil.copy(folder / "4 flat.png", folder / "4 flat copy.png")
    write(folder / "5 flat.png", np.full((60, 80, 3), 130, np.uint8))
    return folder


@pytest.fixture(scope="session")
def indexed(album, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "collections" / "album"
    collection = EmbeddedCollection(folder)
    report = index(collection.store, [album], jobs=2, fields_for=lambda path: {"family": path.name[0]})
    assert (report.added, report.unreadable) == (12, ())
    collection.close()
    return folder


@pytest.fixture
def collection(indexed, tmp_path):
    made = EmbeddedCollection(Path(shutil.copytree(indexed, tmp_path / "collections" / "album")))
    yield made
    made.close()


@pytest.fixture
def names(collection) -> dict[str, str]:
    """File names without their endings → ids."""
    return {Path(r.location).stem: r.id for r in collection.records(collection.ids())}


def found(hits: Hits, names: dict[str, str]) -> dict[str, float]:
    back = {image_id: name for name, image_id in names.items()}
    return {back[hit.id]: hit.score for hit in hits.hits}


def joined(collection: EmbeddedCollection, **options: object) -> list[JoinPart]:
    ids = tuple(collection.ids())
    request = JoinRequest(ids, None, 0.5, False, Smartfilter.OFF)
    return list(collection.join(replace(request, **options)))


def matches(parts: list[JoinPart]) -> dict[tuple[str, str], float]:
    told = [(m.a, m.b) for part in parts for m in part.matches]
    assert len(told) == len(set(told))
    assert all(a < b for a, b in told)
    return {(m.a, m.b): m.score for part in parts for m in part.matches}


def one_by_one(collection: EmbeddedCollection) -> dict[tuple[str, str], float]:
    pairs: dict[tuple[str, str], float] = {}
    for image_id in collection.ids():
        for hit in collection.duplicates(ById(image_id), ALL).hits:
            pairs[min(image_id, hit.id), max(image_id, hit.id)] = hit.score
    return pairs


def test_it_fits_the_protocols(collection):
    writable: WritableCollection = collection
    assert isinstance(writable, BulkSearch)
    assert collection.name == "album"


def test_identical_files_and_pixels_score_one_and_say_so(collection, names):
    hits = collection.duplicates(ById(names["1 original"]), ALL)
    kinds = {hit.id: hit.explanation.kinds for hit in hits.hits if hit.score == 1.0}
    assert kinds == {
        names["1 same file"]: (ChangeKind.IDENTICAL_FILE,),
        names["1 same pixels"]: (ChangeKind.IDENTICAL_PIXELS,),
    }


def test_a_family_is_found_and_nobody_else(collection, names):
    hits = found(collection.duplicates(ById(names["1 original"]), DuplicateQuery(0.7)), names)
    assert set(hits) == {"1 same file", "1 same pixels", "1 small", "1 labelled", "1 mirrored"}
    assert set(found(collection.duplicates(ById(names["2 crop"]), ALL), names)) == {"2 original"}
    assert found(collection.duplicates(ById(names["3 loner"]), ALL), names) == {}


def test_what_cannot_be_compared_matches_only_its_identical_copies(collection, names):
    assert found(collection.duplicates(ById(names["4 flat"]), ALL), names) == {"4 flat copy": 1.0}
    assert found(collection.duplicates(ById(names["5 flat"]), ALL), names) == {}
    assert collection.records([names["4 flat"]])[0].skipped


def test_one_analysis_serves_the_check_and_the_index(collection, album, names):
    data = (album / "2 crop.png").read_bytes()
    analysis = collection.analyze(ByData(data))
    assert collection.analyses == 1
    hits = collection.duplicates(ByAnalysis(analysis), ALL)
    assert hits == collection.duplicates(ByAnalysis(analysis), ALL)
    assert found(hits, names)["2 crop"] == 1.0
    assert collection.add([Document("new", "upload:new", {"family": "2"}, analysis)]) == []
    assert found(collection.duplicates(ById("new"), ALL), {**names, "new": "new"}).keys() == {
        "2 crop",
        "2 original",
    }
    assert collection.analyze(ById("new")) == analysis
    assert collection.analyses == 1
    assert (collection.records(["new"])[0].width, collection.thumbnail("new")) == (
        collection.records([names["2 crop"]])[0].width,
        collection.thumbnail(names["2 crop"]),
    )


def test_the_analysis_of_an_upload_is_that_of_the_same_file_indexed(collection, album, names):
    data = (album / "1 small.jpg").read_bytes()
    assert collection.analyze(ByData(data)) == collection.analyze(ById(names["1 small"]))


def damaged(analysis: dict[str, object]) -> list[object]:
    """The analysis with one thing wrong, and other things."""
    long = "A" * 2_000_000
    wrong = {
        "kind": ["other", None],
        "version": [0, "1", None],
        "width": [-1, 0, "3", 2**50, True, None],
        "content": ["", "x" * 64, 5, None],
        "pixels": ["zz", 7],
        "taken": ["yesterday", 5],
        "format": [None, "x" * 1000],
        "descriptor": ["", "%%%", "AAAA", long, None, 5],
        "thumbnail": ["", "AAAA", long, None],
    }
    cases: list[object] = [None, 5, "text", [], {}, {"kind": "dupedash"}]
    for name, values in wrong.items():
        cases += [{**analysis, name: value} for value in values]
        cases.append({key: value for key, value in analysis.items() if key != name})
    return cases


def test_a_damaged_analysis_is_refused_in_words(collection, album):
    analysis = collection.analyze(ByData((album / "3 loner.png").read_bytes()))
    before = collection.state()
    for case in damaged(analysis):
        with pytest.raises(ConfigError, match="analy"):
            collection.duplicates(ByAnalysis(copy.deepcopy(case)), ALL)
        if case is not None:
            assert len(collection.add([Document("x", "x", {}, case)])) == 1
    assert collection.state() == before


def test_a_descriptor_whose_keypoints_lie_outside_is_refused(collection, album):
    analysis = collection.analyze(ByData((album / "3 loner.png").read_bytes()))
    good = Descriptor.from_bytes(base64.b64decode(analysis["descriptor"]))
    for bad in (
        replace(good, points=np.full_like(good.points, 65535)),
        replace(good, octaves=np.full_like(good.octaves, 200)),
        replace(good, thumb=b"no picture at all"),
        replace(good, pdq=b"123"),
    ):
        case = {**analysis, "descriptor": base64.b64encode(bad.to_bytes()).decode()}
        with pytest.raises(ConfigError, match="damaged"):
            collection.duplicates(ByAnalysis(case), ALL)


def test_urls_are_not_fetched_here(collection):
    with pytest.raises(Unsupported):
        collection.duplicates(ByUrl("http://127.0.0.1/x.png"), ALL)
    failures = collection.add([Document("x", "http://127.0.0.1/x.png")])
    assert "analy" in failures[0].reason


def test_a_file_named_from_outside_is_shown_only_if_it_is_what_was_analysed(collection, album, tmp_path):
    secret, public = album / "3 loner.png", tmp_path / "copy.png"
    analysis = collection.analyze(ByData((album / "2 original.png").read_bytes()))
    assert collection.add([Document("liar", str(secret), {}, analysis)]) == []
    assert collection.picture("liar") is None
    shutil.copy(album / "2 original.png", public)
    assert collection.add([Document("honest", str(public), {}, analysis)]) == []
    assert collection.picture("honest") is not None


@pytest.mark.parametrize("image_id", ["", "x" * 501, "a\nb", "a\0b", "\udc80"])
def test_ids_that_cannot_be_shown_are_refused(collection, album, image_id):
    failures = collection.add([Document(image_id, str(album / "3 loner.png"))])
    assert "is no id" in failures[0].reason


def test_a_join_tells_what_single_queries_tell(collection):
    whole = matches(joined(collection))
    assert whole == pytest.approx(one_by_one(collection))
    assert len(whole) == 15 + 1 + 1  # all of family 1 with each other, of family 2, and the flat copies


def test_explanations_are_those_of_the_smaller_id_first(collection):
    for part in joined(collection):
        for match in part.matches:
            hits = {h.id: h for h in collection.duplicates(ById(match.a), ALL).hits}
            told, asked = match.explanation, hits[match.b].explanation
            if told is None or asked is None:
                assert told is asked
                continue
            # The last bit may differ: a pair is registered once, and told from the other side by its inverse.
            assert told.affine == pytest.approx(asked.affine)
            assert (told.aspect, told.scale) == pytest.approx((asked.aspect, asked.scale))
            assert replace(told, affine=asked.affine, aspect=asked.aspect, scale=asked.scale) == asked


def test_a_join_goes_on_after_any_part(collection, monkeypatch):
    monkeypatch.setattr(joining, "BLOCK", 2)
    parts = joined(collection)
    assert [part.number for part in parts] == list(range(parts[0].total))
    assert len(parts) > 4
    assert [p.done_images for p in parts] == sorted(p.done_images for p in parts)
    assert parts[-1].done_images == collection.count()
    for after in (0, 2, len(parts) - 2, len(parts) - 1):
        assert joined(collection, after=after) == parts[after + 1 :]


def test_a_join_is_the_same_after_the_cache_is_gone(collection):
    parts = joined(collection)
    shutil.rmtree(collection.store.folder / "cache")
    fresh = EmbeddedCollection(collection.store.folder)
    assert joined(fresh) == parts
    fresh.close()


def test_a_join_can_be_stopped(collection, monkeypatch):
    monkeypatch.setattr(joining, "BLOCK", 1)
    seen: list[JoinPart] = []
    request = JoinRequest(tuple(collection.ids()), None, 0.5, False, Smartfilter.OFF)
    parts = collection.join(request, progress=ignore, cancelled=lambda: len(seen) > 3)
    with pytest.raises(Cancelled):
        drain(parts, seen)
    assert [part.number for part in seen] == list(range(len(seen)))
    assert 3 < len(seen) < seen[0].total


RUN = blocks.BlockSearch.run


def run_or_crash(ready: Any, block: blocks.Block) -> blocks.Searched:
    """A comparison that ends its process at some pictures."""
    if set(block.pictures) & set(os.environ["CRASHES_AT"].split()):
        os.kill(os.getpid(), signal.SIGKILL)
    return RUN(ready, block)


def alone_or_crash(task: tuple[blocks.BlockSearch, blocks.Block]) -> blocks.Searched:
    search, block = task
    with closing(search.ready()) as ready:
        return run_or_crash(ready, block)


@pytest.mark.parametrize("few", [0, 99], ids=["many", "few"])
def test_a_picture_that_crashes_its_comparison_costs_itself_and_the_scan_goes_on(
    collection, names, monkeypatch, few
):
    monkeypatch.setattr(joining, "BLOCK", 6)
    expected = matches(joined(collection))
    [bad] = collection.records([names["2 crop"]])
    monkeypatch.setattr(joining, "FEW", few)
    monkeypatch.setenv("CRASHES_AT", str(bad.pixels))
    monkeypatch.setattr(blocks.BlockSearch, "run", staticmethod(run_or_crash))
    helper = Pool(alone_or_crash, jobs=1)
    monkeypatch.setattr(joining, "_helper", lambda: helper)
    parts = joined(collection)
    helper.close()
    failures = {failure.what: failure.reason for part in parts for failure in part.failures}
    assert failures == {bad.id: joining.CRASHED}
    kept = matches(parts)
    assert kept.items() <= expected.items()
    assert {pair for pair in expected if bad.id not in pair} <= kept.keys()


def test_what_is_to_be_compiled_is_compiled_by_one_process_and_told(collection, monkeypatch):
    expected = joined(collection)
    monkeypatch.setattr(joining, "to_compile", lambda: True)
    monkeypatch.setattr(joining, "FEW", 0)
    request = JoinRequest(tuple(collection.ids()), None, 0.5, False, Smartfilter.OFF)
    stages: list[str] = []
    parts = list(collection.join(request, progress=lambda told: stages.append(told.stage)))
    assert parts == expected
    assert "compiling" in stages[0]


def drain(parts: Iterator[JoinPart], into: list[JoinPart]) -> None:
    for part in parts:
        into.append(part)


def test_a_join_of_two_sides_tells_pairs_across_only(collection, names):
    whole = matches(joined(collection))
    left = tuple(sorted(names[n] for n in ("1 original", "1 small", "2 crop", "4 flat")))
    right = tuple(sorted(names[n] for n in names if n not in ("1 original", "4 flat", "2 original")))
    across = matches(joined(collection, scope=left, against=right))
    assert across == {
        pair: score
        for pair, score in whole.items()
        if (pair[0] in left and pair[1] in right) or (pair[1] in left and pair[0] in right)
    }
    assert across
    assert matches(joined(collection, scope=right, against=left)) == across


def test_a_join_of_fresh_images_tells_their_pairs_only(collection, names):
    whole = matches(joined(collection))
    for fresh in (["1 same file"], ["2 crop", "4 flat copy"], ["3 loner"], []):
        ids = frozenset(names[n] for n in fresh)
        expected = {pair: score for pair, score in whole.items() if ids & set(pair)}
        assert matches(joined(collection, fresh=ids)) == expected


def test_a_join_with_an_unknown_id_is_an_error(collection):
    with pytest.raises(UnknownImage):
        joined(collection, scope=("nobody",))


def test_thousands_of_identical_files_are_a_star_not_all_pairs(collection, album):
    data = (album / "2 original.png").read_bytes()
    analysis = collection.analyze(ByData(data))
    collection.add(Document(f"copy{n:03}", f"copy{n:03}", {}, analysis) for n in range(120))
    told = matches(joined(collection))
    clones = [f"copy{n:03}" for n in range(120)]
    assert sum(not set(pair).isdisjoint(clones) for pair in told) <= 4 * len(clones)
    assert linked({pair: score for pair, score in told.items() if score == 1.0}, clones)


def linked(told: dict[tuple[str, str], float], ids: list[str]) -> bool:
    """Whether all are one component."""
    reached, waiting = {ids[0]}, [ids[0]]
    while waiting:
        here = waiting.pop()
        new = {b if a == here else a for a, b in told if here in (a, b)} - reached
        reached |= new
        waiting += new
    return set(ids) <= reached


@pytest.mark.parametrize("smartfilter", list(Smartfilter))
def test_every_filter_finds_the_plain_copies(collection, names, smartfilter):
    told = matches(joined(collection, smartfilter=smartfilter, approximate=True))
    pair = tuple(sorted((names["1 original"], names["1 small"])))
    assert pair in told
    hits = collection.duplicates(
        ById(names["1 original"]), replace(ALL, smartfilter=smartfilter, approximate=True)
    )
    assert names["1 small"] in {hit.id for hit in hits.hits}


def test_changes_since_a_state_are_known_and_foreign_states_are_not(collection, names):
    before = collection.state()
    assert collection.changed_since(before) == frozenset()
    collection.set_fields({names["3 loner"]: {"note": "x"}})
    collection.remove([names["5 flat"]])
    assert collection.changed_since(before) == {names["3 loner"]}
    for strange in ("", "x-1", before.replace("-", "_"), before + "9", "0" * 32 + before[32:]):
        assert collection.changed_since(strange) is None


def test_a_scan_whose_pairs_were_scored_otherwise_is_not_extended(collection, monkeypatch):
    before = collection.state()
    monkeypatch.setattr("dupedash.embedded.compare.VERSION", compare.VERSION + 1)
    assert collection.state() != before
    assert collection.changed_since(before) is None


def test_additions_and_removals_show_in_the_next_query(collection, album, names):
    query = ById(names["3 loner"])
    assert collection.duplicates(query, ALL).hits == ()
    for n in range(5):
        collection.add([Document(f"n{n}", str(album / "3 loner.png"))])
        assert len(collection.duplicates(query, ALL).hits) == n + 1
    other = Path(album.parent / "brighter.png")
    write(other, np.clip(scene(3, 180, 240).astype(int) + 25, 0, 255).astype(np.uint8))
    collection.add([Document("bright", str(other))])
    assert "bright" in {hit.id for hit in collection.duplicates(query, ALL).hits}
    collection.remove(["bright", *(f"n{n}" for n in range(5))])
    assert collection.duplicates(query, ALL).hits == ()
    with pytest.raises(UnknownImage):
        collection.duplicates(ById("bright"), ALL)


def test_what_another_process_adds_is_seen(collection, album, names):
    other = EmbeddedCollection(collection.store.folder)
    assert collection.duplicates(ById(names["3 loner"]), ALL).hits == ()
    other.add([Document("theirs", str(album / "3 loner.png"))])
    assert [hit.id for hit in collection.duplicates(ById(names["3 loner"]), ALL).hits] == ["theirs"]
    other.close()


def test_the_cache_has_few_segments_and_survives_damage(collection, album, names):
    for seed in range(12):
        picture = album.parent / f"extra {seed}.png"
        write(picture, scene(50 + seed, 90, 120))
        collection.add([Document(f"extra{seed}", str(picture))])
        collection.duplicates(ById(names["3 loner"]), ALL)
    segments = collection._snapshots.now().segments
    assert len(segments) <= 5
    assert sum(len(s.pictures) for s in segments) == len({p for s in segments for p in s.pictures}) == 7 + 12
    for path in segments[0].folder.glob("*.npy"):
        os.truncate(path, 10)
    fresh = EmbeddedCollection(collection.store.folder)
    assert matches(joined(fresh)).keys() >= {tuple(sorted((names["1 original"], names["1 small"])))}
    fresh.close()


def test_large_collections_have_segments_of_bounded_size_that_find_the_same(collection, monkeypatch):
    whole = matches(joined(collection))
    monkeypatch.setattr(cache, "_MOST", 3)
    shutil.rmtree(collection.store.folder / "cache")
    fresh = EmbeddedCollection(collection.store.folder)
    assert matches(joined(fresh)) == whole
    sizes = [len(segment.pictures) for segment in fresh._snapshots.now().segments]
    assert (sum(sizes), max(sizes)) == (7, 3)
    fresh.close()


def test_found_matches_are_plain_values(collection):
    match = next(m for part in joined(collection) for m in part.matches)
    assert isinstance(match, FoundMatch)
    assert type(match.score) is float
    assert not never()


@pytest.fixture
def by_processes(collection):
    made = EmbeddedCollection(collection.store.folder, processes=2)
    yield made
    made.close()


def test_worker_processes_answer_as_this_process_does(collection, by_processes, album, names):
    upload = ByData((album / "1 labelled.png").read_bytes(), "x.png")
    questions = [*map(ById, names.values()), upload, ByAnalysis(collection.analyze(upload))]
    for how in (ALL, DuplicateQuery(0.7, 2, approximate=True, fq=("family:1",), explain=False)):
        expected = [collection.duplicates(image, how) for image in questions]
        assert sum(len(hits.hits) for hits in expected) > 10
        with ThreadPoolExecutor(4) as threads:  # several at once, and each pair from both sides
            assert list(threads.map(partial(by_processes.duplicates, how=how), questions)) == expected
    with pytest.raises(UnknownImage):
        by_processes.duplicates(ById("nobody"), ALL)


def test_once_it_is_prepared_the_first_question_starts_no_process(by_processes, album, names, monkeypatch):
    by_processes.prepare()
    started: list[object] = []
    monkeypatch.setattr("dupedash.workers.processes.taken", lambda *_: started.append(1))
    upload = ByData((album / "1 labelled.png").read_bytes() + b"\0", "x.png")  # not a file of the album
    assert names["1 small"] in {hit.id for hit in by_processes.duplicates(upload, ALL).hits}
    assert started == []


def test_a_query_is_answered_though_its_worker_died(collection, by_processes, names):
    image = ById(names["1 small"])
    expected = collection.duplicates(image, ALL)
    assert by_processes.duplicates(image, ALL) == expected
    for child in psutil.Process().children(recursive=True):
        if "dupedash.workers." in " ".join(child.cmdline()):  # a browser that other tests use is a child, too
            child.kill()
    assert [by_processes.duplicates(image, ALL) for _ in range(4)] == [expected] * 4


def test_a_query_that_ends_every_worker_does_not_end_the_server(collection, names, monkeypatch):
    monkeypatch.setattr("dupedash.embedded.run.search._run", crash)
    served = EmbeddedCollection(collection.store.folder, processes=1)
    with pytest.raises(CollectionError, match="cannot be compared"):
        served.duplicates(ById(names["1 small"]), ALL)
    served.close()


def test_an_upload_that_crashes_its_reader_is_not_readable_and_the_next_one_is(
    by_processes, album, monkeypatch
):
    picture = ByData((album / "3 loner.png").read_bytes() + b"\0", "x.png")  # not a file of the album
    expected = by_processes.analyze(picture)
    with monkeypatch.context() as patched:
        patched.setattr("dupedash.embedded.describe.analysis.analyze", crash)
        with pytest.raises(UnreadableImage, match=r"x\.png: crashed"):
            by_processes.analyze(picture)
    assert by_processes.analyze(picture) == expected
    with pytest.raises(UnreadableImage, match=r"y\.png"):
        by_processes.analyze(ByData(b"no picture", "y.png"))


def crash(*_given: object, **_options: str) -> None:
    """An analysis or a comparison that ends its process."""
    os.kill(os.getpid(), signal.SIGSEGV)


def test_a_query_is_answered_though_the_cache_is_deleted_before_the_workers_looked(
    collection, by_processes, names
):
    image = ById(names["1 small"])
    expected = collection.duplicates(image, ALL)
    by_processes.duplicates(ById(names["4 flat"]), ALL)  # opens the cache here, asks no worker
    shutil.rmtree(collection.store.folder / "cache")
    assert by_processes.duplicates(image, ALL) == expected


def test_explanations_are_left_out_where_nobody_wants_them(collection, names):
    hits = collection.duplicates(ById(names["1 small"]), replace(ALL, explain=False)).hits
    assert {hit.explanation for hit in hits} == {None}
    again = collection.duplicates(ById(names["1 small"]), ALL).hits
    assert [hit.score for hit in again] == [hit.score for hit in hits]
    assert None not in {hit.explanation for hit in again}


def test_an_upload_that_claims_to_be_another_picture_changes_no_answer_about_that(collection, album, names):
    how = replace(ALL, explain=False)
    expected = [collection.duplicates(ById(image_id), how) for image_id in names.values()]
    other = EmbeddedCollection(collection.store.folder)
    pixels = other.records([names["1 original"]])[0].pixels
    liar = {**other.analyze(ByData((album / "1 labelled.png").read_bytes())), "pixels": pixels}
    assert other.duplicates(ByAnalysis(liar), how).hits
    assert [other.duplicates(ById(image_id), how) for image_id in names.values()] == expected
    other.close()


def test_a_row_that_shows_another_picture_by_now_is_not_taken_for_the_old_one(collection, names):
    member = next(m for m in collection.store.members()[1] if m.id == names["3 loner"])
    shelf = Shelf(collection.store)
    assert shelf.descriptors([Stored(member.row, member.pixels)])[0].comparable
    with pytest.raises(CollectionError, match="try again"):
        shelf.descriptors([Stored(member.row, "0" * 64)])


def test_a_score_is_the_same_to_the_last_bit_from_either_side(collection):
    known = [Descriptor.from_bytes(data) for _, _, data in collection.store.pictures(range(1, 13))]
    known = [descriptor for descriptor in known if descriptor.comparable]
    assert len(known) > 8
    for a, b in itertools.combinations(known, 2):
        for ways in ((False,), (True,), (False, True)):
            one, other = judge(a, b, ways), judge(b, a, ways)
            assert one.score == other.score


def test_scores_are_known_in_either_order_and_the_oldest_are_forgotten():
    scores = RecentScores(most=2)
    one, two, three = (digit * 64 for digit in "123")
    scores.put(one, two, (False,), 0.5)
    assert scores.get(two, one, (False,)) == 0.5
    assert scores.get(two, one, (True,)) is None
    scores.put(one, three, (False,), 0.6)
    scores.put(two, three, (False,), 0.7)
    assert scores.get(one, two, (False,)) is None
    assert scores.get(three, two, (False,)) == 0.7


def test_a_foreign_document_has_only_a_file_that_the_collection_read_itself(album, tmp_path):
    """Else whoever may add documents learns which files there are, and what is in them."""
    secret = tmp_path / "secret.png"
    shutil.copy(album / "3 loner.png", secret)
    made = EmbeddedCollection(tmp_path / "collections" / "x")
    index(made.store, [album], jobs=1)
    analysis = made.analyze(ByData(secret.read_bytes()))
    named = {"outside": secret, "inside": album / "3 loner.png", "other": album / "1 original.png"}
    documents = [Document(name, str(path), {}, analysis, foreign=True) for name, path in named.items()]
    assert made.add(documents) == []
    assert {name: made.path(name) for name in named} == {
        "outside": None,
        "inside": album / "3 loner.png",
        "other": None,
    }
    made.close()


def test_a_foreign_document_that_comes_back_gets_its_file_back_as_long_as_that_is_as_it_was(album, tmp_path):
    path = tmp_path / "photo.png"
    shutil.copy(album / "3 loner.png", path)
    made = EmbeddedCollection(tmp_path / "collections" / "x")
    index(made.store, [path], jobs=1)
    (image_id,) = made.ids()
    (before,) = made.records([image_id])
    document = Document(image_id, str(path), before.fields, made.analyze(ById(image_id)), foreign=True)
    made.remove([image_id])
    assert made.add([document]) == []
    assert made.records([image_id]) == [before]
    made.remove([image_id])
    path.touch()
    assert made.add([document]) == []
    assert made.path(image_id) is None
    made.store.clear()
    os.utime(path, (before.modified.timestamp(),) * 2)
    assert made.add([document]) == []
    assert made.path(image_id) is None, "nothing is known of it any more"
    made.close()
