"""A new image is told from a copy before it is added, is analysed once, and can be taken back."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from dupedash.check import (
    GATES,
    Answer,
    Bands,
    Finding,
    Gate,
    Placing,
    add_checked,
    check_images,
    of_ids,
    of_sources,
    of_upload,
    take_back,
)
from dupedash.check import intake as intake_module
from dupedash.config import Workspace
from dupedash.errors import ActionError, Cancelled, ConfigError
from dupedash.fetch import UrlAccess
from dupedash.images import Limits
from dupedash.model import ChangeKind, Document, Explanation, Failure, Hit
from tests.fakes import FakeCollection
from tests.pictures import as_file, brighter, scene, smaller

LOOK = GATES["look only"]
NOTHING = Placing({})


@pytest.fixture
def collection(tmp_path):
    """Two pictures: "one" and "two"."""
    fake = FakeCollection()
    for number, name in enumerate(("one", "two")):
        path = tmp_path / "there" / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(as_file(scene(number)))
        fake.add([Document(name, str(path), {"status": "rejected" if name == "two" else "approved"})])
    fake.analyses = 0
    return fake


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "data")


def uploads(**pictures):
    for name, data in pictures.items():
        yield from of_upload(f"{name}.png", data)


def check(collection, items, gate=LOOK, **how):
    return check_images(collection, items, gate, **how)


def packed(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return data.getvalue()


# What an image is


@pytest.mark.parametrize(
    ("score", "finding"),
    [
        (1.0, Finding.EXACT),
        (0.95, Finding.EXACT),
        (0.949, Finding.NEAR),
        (0.7, Finding.NEAR),
        (0.699, Finding.UNSURE),
        (0.6, Finding.UNSURE),
        (0.599, Finding.NEW),
    ],
)
def test_the_best_score_decides_by_bands(score, finding):
    assert Bands().finding(Hit("x", score)) is finding


def test_identical_bytes_are_the_same_file_and_no_hit_is_new():
    assert Bands().finding(Hit("x", 1.0, Explanation((ChangeKind.IDENTICAL_FILE,)))) is Finding.SAME_FILE
    assert Bands().finding(None) is Finding.NEW


def test_bands_that_do_not_fall_are_refused_and_a_threshold_moves_them_together():
    with pytest.raises(ConfigError):
        Bands(0.7, 0.9, 0.5)
    assert Bands.from_threshold(0.98) == Bands(0.98, 0.98, 0.6)
    assert Bands.from_threshold(0.55) == Bands(0.95, 0.55, 0.55)


@pytest.mark.parametrize("gate", GATES.values(), ids=list(GATES))
def test_a_gate_survives_its_json(gate):
    assert Gate.of_json(gate.to_json()) == gate


@pytest.mark.parametrize("data", [None, {}, {"name": "x", "bands": {}, "answers": {"new": "burn"}}])
def test_what_is_no_gate_is_refused(data):
    with pytest.raises(ConfigError):
        Gate.of_json(data)


def test_new_copies_and_same_files_are_told_apart_and_each_is_analysed_once(collection):
    found = check(
        collection,
        uploads(
            new=as_file(scene(7)),
            same=as_file(scene(0)),
            exact=as_file(smaller(scene(1))),
            near=as_file(brighter(scene(1))),
        ),
    )
    assert [(one.finding, one.best.id if one.best else None) for one in found.checked] == [
        (Finding.NEW, None),
        (Finding.SAME_FILE, "one"),
        (Finding.EXACT, "two"),
        (Finding.NEAR, "two"),
    ]
    assert collection.analyses == 4
    assert "same file as one (score 1.00, identical file)" in found.checked[1].words()


def test_an_identical_file_is_named_even_where_another_hit_scores_the_same(collection, tmp_path):
    (tmp_path / "bmp.bmp").write_bytes(as_file(scene(0), "BMP"))
    collection.add([Document("a bmp of one", str(tmp_path / "bmp.bmp"))])
    (one,) = check(collection, uploads(same=as_file(scene(0)))).checked
    assert [(hit.id, hit.score) for hit in one.hits] == [("a bmp of one", 1.0), ("one", 1.0)]
    assert one.words() == "same file as one (score 1.00, identical file)"


def test_filters_restrict_what_is_searched(collection):
    items = list(uploads(a=as_file(scene(0)), b=as_file(scene(1))))
    found = check(collection, items, fq=["status:rejected"])
    assert [one.finding for one in found.checked] == [Finding.NEW, Finding.SAME_FILE]


def test_an_image_of_the_collection_is_no_duplicate_of_itself(collection):
    found = check(collection, of_ids(["one", "gone"]))
    assert [one.finding for one in found.checked] == [Finding.NEW]
    assert "gone" in found.failures[0].reason


def test_a_file_that_is_in_the_collection_is_known_and_not_its_own_duplicate(collection, tmp_path):
    found = check(collection, of_sources([str(tmp_path / "there")]), GATES["add only"])
    assert [(one.finding, one.known_as, one.answer) for one in found.checked] == [
        (Finding.NEW, "one", Answer.REJECT),
        (Finding.NEW, "two", Answer.REJECT),
    ]


def test_identical_files_inside_the_batch_are_found_whatever_the_engine(collection):
    found = check(collection, uploads(a=as_file(scene(7)), b=as_file(scene(8)), c=as_file(scene(7))))
    assert [one.finding for one in found.checked] == [Finding.NEW, Finding.NEW, Finding.SAME_FILE]
    assert found.checked[2].inside[0].id == "a.png"
    assert found.inside.startswith("identical files only")


def test_an_unreadable_image_is_a_failure_and_the_others_are_checked(collection):
    found = check(collection, uploads(a=b"no picture", b=as_file(scene(7))))
    assert [failure.what for failure in found.failures] == ["a.png"]
    assert len(found.checked) == 1


def test_a_check_can_be_stopped(collection):
    with pytest.raises(Cancelled):
        check(collection, uploads(a=as_file(scene(7))), cancelled=lambda: True)


def test_the_order_is_that_of_the_input_however_many_ask_at_once(collection):
    items = list(uploads(**{f"n{n:02}": as_file(scene(n, 64, 48)) for n in range(20)}))
    found = check(collection, items, workers=4)
    assert [one.item.name for one in found.checked] == [item.name for item in items]


# Where images come from


def test_folders_and_archives_are_gone_through_and_what_is_hidden_or_no_picture_is_passed_over(tmp_path):
    (tmp_path / "in/.hidden").mkdir(parents=True)
    for name in ("b.png", "a.jpg", "note.txt", ".c.png", ".hidden/d.png"):
        (tmp_path / "in" / name).write_bytes(b"x")
    (tmp_path / "z.zip").write_bytes(
        packed(**{"e.png": b"x", "n.txt": b"x", "__MACOSX/._e.png": b"", "s/.f.png": b""})
    )
    items = list(of_sources([str(tmp_path / "in"), str(tmp_path / "z.zip")]))
    names = [item.name.removeprefix(str(tmp_path)) for item in items]
    assert names == ["/in/a.jpg", "/in/b.png", "/z.zip: e.png"]


def test_what_cannot_be_opened_is_a_failure_and_the_rest_goes_on(tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK no zip")
    (tmp_path / "good.png").write_bytes(b"x")
    found = list(
        of_sources([str(tmp_path / "bad.zip"), "http://127.0.0.1:1/x.png", str(tmp_path / "good.png")])
    )
    assert isinstance(found[0], Failure)
    with pytest.raises(Exception, match="switched off"):
        found[1].read()
    assert found[2].read() == b"x"


def test_an_entry_of_an_archive_is_not_unpacked_beyond_the_limit(collection):
    bomb = packed(**{"bomb.png": b"\0" * 3_000_000, "good.png": as_file(scene(3))})
    assert len(bomb) < 1_000_000
    found = check(collection, of_upload("z.zip", bomb, limits=Limits(max_bytes=1_000_000)))
    assert [(f.what, f.reason) for f in found.failures] == [("z.zip: bomb.png", "more than 0 MB")]
    assert len(found.checked) == 1


def test_an_archive_of_too_many_entries_is_refused(monkeypatch):
    monkeypatch.setattr(intake_module, "MOST_ENTRIES", 3)
    found = list(of_upload("z.zip", packed(**{f"{n}.png": b"" for n in range(4)})))
    assert [type(one) for one in found] == [Failure]


def test_a_url_is_fetched_only_where_that_is_allowed(tmp_path):
    import threading
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    (tmp_path / "a.png").write_bytes(as_file(scene(1)))

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/a.png"
    try:
        (item,) = of_sources([url], urls=UrlAccess(allowed=True, trusted=frozenset({"127.0.0.1"})))
        assert item.read() == as_file(scene(1))
        assert item.location == url
        (private,) = of_sources([url], urls=UrlAccess(allowed=True))
        with pytest.raises(Exception, match="has no public address"):
            private.read()
    finally:
        server.shutdown()
        server.server_close()


# What is done then


def test_new_images_are_added_with_the_analysis_that_there_is(collection, workspace, tmp_path):
    (tmp_path / "new.png").write_bytes(as_file(scene(7)))
    found = check(
        collection,
        [*of_sources([str(tmp_path / "new.png")]), *uploads(copy=as_file(scene(0)))],
        GATES["add only"],
    )
    added = add_checked(collection, found.checked, Placing({"source": "mail"}), workspace)
    assert (len(added.added), added.overwritten, added.failed) == (1, (), ())
    (record,) = collection.records(added.added)
    assert (record.location, record.fields["source"]) == (str(tmp_path / "new.png"), "mail")
    assert collection.analyses == 2
    assert take_back(collection, added.record) == []
    assert collection.ids() == ["one", "two"]


def test_linked_copies_name_what_they_copy(collection, workspace):
    found = check(collection, uploads(v2=as_file(brighter(scene(1)))), GATES["link versions"])
    added = add_checked(collection, found.checked, NOTHING, workspace)
    (record,) = collection.records(added.added)
    assert (record.fields["duplicate_of"], record.fields["links"]) == ("two", ("two",))


def test_overwriting_keeps_id_and_fields_and_can_be_taken_back(collection, workspace):
    before = collection.records(["two"])
    found = check(collection, uploads(better=as_file(brighter(scene(1)))))
    chosen = [replace(one, answer=Answer.OVERWRITE) for one in found.checked]
    added = add_checked(collection, chosen, NOTHING, workspace)
    assert (added.added, added.overwritten) == ((), ("two",))
    (record,) = collection.records(["two"])
    assert record.content != before[0].content
    assert record.fields == before[0].fields
    assert take_back(collection, added.record) == []
    assert collection.records(["two"]) == before


def test_rejected_and_asked_change_nothing(collection, workspace):
    found = check(collection, uploads(a=as_file(scene(0)), b=as_file(scene(9))))
    assert add_checked(collection, found.checked, NOTHING, workspace).record is None
    assert collection.count() == 2


def test_images_of_archives_are_kept_in_a_folder_under_harmless_names(collection, workspace, tmp_path):
    evil = packed(**{"../../evil <b>.png": as_file(scene(7)), "a/b/CON.PNG": as_file(scene(8))})
    found = check(collection, of_upload("z.zip", evil), GATES["add only"])
    into = tmp_path / "kept"
    added = add_checked(collection, found.checked, Placing({}, into), workspace)
    names = sorted(path.name for path in into.iterdir())
    assert [name.split("-")[0] for name in names] == ["CON", "evil_b"]
    assert sorted(r.location for r in collection.records(added.added)) == [str(into / n) for n in names]
    assert not list(tmp_path.glob("evil*"))
    again = add_checked(collection, found.checked, Placing({}, into), workspace)
    assert len(again.failed) == 2
    assert len(list(into.iterdir())) == 2


def test_a_file_that_is_in_the_way_is_not_overwritten(collection, workspace, tmp_path):
    found = check(collection, uploads(a=as_file(scene(7))), GATES["add only"])
    into = tmp_path / "kept"
    add_checked(collection, found.checked, Placing({}, into), workspace)
    (kept,) = into.iterdir()
    collection.remove(collection.ids())
    kept.write_bytes(b"somebody's")
    added = add_checked(collection, found.checked, Placing({}, into), workspace)
    assert len(added.failed) == 1
    assert kept.read_bytes() == b"somebody's"


def test_a_record_of_another_collection_is_refused(collection, workspace):
    found = check(collection, uploads(a=as_file(scene(9))), GATES["add only"])
    added = add_checked(collection, found.checked, NOTHING, workspace)
    with pytest.raises(ActionError, match="about the collection"):
        take_back(FakeCollection("other"), added.record)
    with pytest.raises(ActionError, match="no record"):
        take_back(collection, workspace.root / "nothing.json")
