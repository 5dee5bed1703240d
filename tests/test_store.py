"""The store: typed fields, commits that others see at once or not at all, and whose files it opens."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.embedded.describe.analysis import analyze
from dupedash.embedded.files.leaveout import DEFAULTS
from dupedash.embedded.store import fields, schema
from dupedash.embedded.store.documents import Entry
from dupedash.embedded.store.store import Store
from dupedash.errors import CollectionError, ConfigError, QueryError, UnknownImage
from dupedash.model import FieldInfo, FieldType, ValueCount
from tests.pictures import as_file, scene

ANALYSIS = analyze(as_file(scene(1, 64, 48)))


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "collections" / "c")
    yield made
    made.close()


def put(store: Store, image_id: str, **given: object) -> None:
    assert store.put([Entry(image_id, f"/pictures/{image_id}.png", ANALYSIS, given)]) == []


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a b", "x" * 65])
def test_names_that_are_no_safe_folder_are_refused(tmp_path, name):
    with pytest.raises(ConfigError):
        Store(tmp_path / name if name not in ("", "..") else Path(name))


def test_values_come_back_as_they_were_given(store):
    moment = datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=UTC)
    given = {
        "text": "ü 🦉 \"quoted\" 'x' <b>",
        "empty": "",
        "whole": -(2**63),
        "decimal": 1.5,
        "yes": True,
        "no": False,
        "moment": moment,
        "several": ("b", "a", "b"),
        "numbers": (3, 1),
    }
    put(store, "a", **given)
    record = store.records(["a"])[0]
    assert {name: record.fields[name] for name in given} == given
    types = {name: type(value) for name, value in record.fields.items()}
    assert (types["whole"], types["decimal"], types["yes"]) == (int, float, bool)


def test_types_are_guessed_from_the_first_value(store):
    put(store, "a", day="2023-04-12", instant="2023-04-12T10:00:00Z", text="2023")
    put(store, "a", flag=False, n=1, x=1.0, many=["u"])
    known = store.fields()
    assert {name: known[name].type for name in ("day", "instant", "text", "flag", "n", "x", "many")} == {
        "day": FieldType.DATE,
        "instant": FieldType.DATE,
        "text": FieldType.STRING,
        "flag": FieldType.BOOLEAN,
        "n": FieldType.LONG,
        "x": FieldType.DOUBLE,
        "many": FieldType.STRING,
    }
    assert known["many"].multi
    assert store.records(["a"])[0].fields["day"] == datetime(2023, 4, 12, tzinfo=UTC)
    assert store.ids(["day:[2023-04-01 TO 2023-04-30]"]) == ["a"]


def test_later_values_fit_or_are_refused(store):
    put(store, "a", n=1, label="x", day="2023-04-12")
    put(store, "b", n="7", label=5, day="2024-01-01")
    put(store, "c", n=2.5)
    assert store.fields()["n"] == FieldInfo("n", FieldType.DOUBLE)
    assert [store.records([i])[0].fields["n"] for i in "abc"] == [1.0, 7.0, 2.5]
    assert store.records(["b"])[0].fields["label"] == "5"
    for wrong in (
        {"n": "many"},
        {"day": "soon"},
        {"day": 5},
        {"n": {"x": 1}},
        {"n": float("nan")},
        {"id": "x"},
    ):
        before = store.sequence()
        assert len(store.put([Entry("d", "d", ANALYSIS, wrong)])) == 1
        assert store.sequence() == before
    assert store.ids() == ["a", "b", "c"]


def test_a_list_makes_a_field_multi_valued(store):
    put(store, "a", label="x")
    put(store, "b", label=["y", "z"])
    assert store.fields()["label"].multi
    assert store.records(["a"])[0].fields["label"] == ("x",)


@pytest.mark.parametrize("name", ["", "id", "a b", "1a", "-x", "a:b", "x" * 101, "a\n", "a'b"])
def test_bad_field_names_are_refused(store, name):
    failures = store.put([Entry("a", "a", ANALYSIS, {name: 1})])
    assert "name of a field" in failures[0].reason


def test_built_in_fields_can_be_filtered_and_suggested(store):
    put(store, "a")
    put(store, "b")
    assert store.ids(["filename:a.png"]) == ["a"]
    assert store.count(['width:64 AND height:[1 TO 48] AND format:PNG AND folder:"/pictures"']) == 2
    assert store.count(["added:[NOW-1HOUR TO NOW+1MINUTE]"]) == 2
    assert store.values("format", "p", 5) == [ValueCount("PNG", 2)]
    assert store.values("width", "", 5) == [ValueCount("64", 2)]
    assert store.values("filename", "A.", 5) == [ValueCount("a.png", 1)]
    assert store.values("nothing", "", 5) == []
    (suggested,) = store.values("added", "", 1)
    assert store.count([f'added:"{suggested.value}"']) == suggested.count


def test_what_is_suggested_can_be_asked(store):
    put(store, "a", yes=True, when="2024-01-02T03:04:05.678Z", x=2.5)
    for name, value in (("yes", "true"), ("when", "2024-01-02T03:04:05.678Z"), ("x", "2.5")):
        assert store.values(name, "", 5) == [ValueCount(value, 1)]
        assert store.ids([f'{name}:"{value}"']) == ["a"]


@given(st.text(max_size=40))
def test_any_text_is_stored_or_made_storable(text):
    values, _ = fields.typed({"text": text}, {"text": FieldInfo("text", FieldType.STRING)})
    assert values == {"text": text}


def test_surrogates_and_nul_do_not_break_the_file(store):
    put(store, "a", label="x\udc80\0y")
    assert store.records(["a"])[0].fields["label"] == "x��y"


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=5)))))
def test_dates_are_kept_in_utc(moment):
    values, _ = fields.typed({"d": moment}, {"d": FieldInfo("d", FieldType.DATE)})
    assert values["d"] == moment
    assert values["d"].tzinfo == UTC


def test_only_changes_of_documents_change_the_state(store):
    put(store, "a")
    number = store.sequence()
    store.add_root(Path("/pictures"))
    store.note_failures({b"/pictures/x.png": "broken"})
    store.forget_failures([b"/pictures/x.png"])
    store.remove(["nobody"])
    store.set_fields({"nobody": {"x": 1}})
    store.set_fields({"a": {}})
    store.hide({"nobody": "gone"})
    assert store.sequence() == number
    store.set_fields({"a": {"x": 1}})
    assert store.sequence() == number + 1
    assert store.changed_since(number) == {"a"}


def test_a_removed_document_leaves_nothing_behind(store):
    put(store, "a", label="x")
    store.remove(["a"])
    assert store.count() == 0
    with sqlite3.connect(store.folder / "collection.sqlite") as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        left = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    assert {name: count for name, count in left.items() if count} == {
        "meta": 3,
        "fields": 1,
        "left_out": len(DEFAULTS),
    }


def test_clear_forgets_everything_but_the_fields(store):
    put(store, "a", label="x")
    store.add_root(Path("/pictures"))
    store.clear()
    assert (store.count(), store.roots(), "label" in store.fields()) == (0, [], True)


def test_a_failed_commit_changes_nothing(store):
    put(store, "a", label="x")
    before = store.records(["a"])

    def entries():
        yield Entry("b", "b", ANALYSIS, {})
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        store.put(entries())
    assert store.ids() == ["a"]
    assert store.records(["a"]) == before
    put(store, "c")


def test_readers_go_on_while_somebody_writes(store):
    put(store, "a")
    inside, done = threading.Event(), threading.Event()

    def entries():
        yield Entry("b", "b", ANALYSIS, {})
        inside.set()
        assert done.wait(120)

    writer = threading.Thread(target=store.put, args=(entries(),))
    writer.start()
    assert inside.wait(120)
    assert store.ids() == ["a"]
    done.set()
    writer.join()
    assert store.ids() == ["a", "b"]


def test_writers_take_turns(store):
    other = Store(store.folder)
    threads = [
        threading.Thread(target=lambda s=s, n=n: put(s, f"{n}", rating=n))
        for n, s in enumerate([store, other] * 8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count() == 16
    assert store.sequence() == 16
    other.close()


def test_a_new_collection_can_be_opened_by_many_at_once(tmp_path):
    for round_ in range(20):  # one round rarely meets the moment
        folder = tmp_path / f"new{round_}"
        with ThreadPoolExecutor(8) as threads:
            opened = list(threads.map(lambda _, folder=folder: Store(folder), range(8)))
        assert len({store.uuid for store in opened}) == 1
        for store in opened:
            store.close()


def test_foreign_newer_and_damaged_files_are_not_touched(tmp_path):
    for name, statement in (("foreign", "CREATE TABLE x (y)"), ("newer", None)):
        folder = tmp_path / name
        folder.mkdir()
        with sqlite3.connect(folder / "collection.sqlite") as connection:
            if statement:
                connection.execute(statement)
            else:
                connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
                connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        connection.close()
        with pytest.raises(CollectionError, match=name):
            Store(folder)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "collection.sqlite").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(CollectionError, match="damaged"):
        Store(tmp_path / "damaged")


def test_where_files_cannot_be_opened_the_advice_is_to_allow_it(tmp_path):
    (tmp_path / "c" / "collection.sqlite").mkdir(parents=True)
    with pytest.raises(CollectionError, match=r"unable to open.*must be read and written in .*--data"):
        Store(tmp_path / "c")


def test_an_older_file_is_migrated_in_one_step(tmp_path, monkeypatch):
    store = Store(tmp_path / "c")
    put(store, "a")
    store.close()
    now = schema.VERSION
    added = "ALTER TABLE documents ADD COLUMN extra TEXT DEFAULT 'new';"
    monkeypatch.setattr(schema, "VERSION", now + 1)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, added))
    again = Store(tmp_path / "c")
    assert again.ids() == ["a"]
    again.close()
    with sqlite3.connect(tmp_path / "c" / "collection.sqlite") as connection:
        assert connection.execute("SELECT extra FROM documents").fetchone() == ("new",)
        assert connection.execute("PRAGMA user_version").fetchone() == (now + 1,)


def test_unknown_ids_have_nothing(store):
    assert store.thumbnail("x") is None
    assert store.path("x") is None
    for ask in (store.analysis, lambda image_id: store.records([image_id])):
        with pytest.raises(UnknownImage):
            ask("x")


def test_a_closed_store_says_so(store):
    store.close()
    with pytest.raises(CollectionError, match="closed"):
        store.count()


def test_thousands_of_ids_can_be_asked_for_at_once(store):
    put(store, "a")
    assert len(store.records(["a"] * 3000)) == 3000
    store.remove([f"none{n}" for n in range(3000)] + ["a"])
    assert store.count() == 0


def test_filters_that_take_too_long_are_ended_with_a_sentence(store, monkeypatch):
    for name in "abc":
        put(store, name)
    monkeypatch.setattr("dupedash.embedded.store.store._LONGEST_FILTER", -1.0)
    monkeypatch.setattr("dupedash.embedded.store.database._STEPS", 1)
    with pytest.raises(QueryError, match="take more than"):
        store.ids(["filename:*a*"])
    monkeypatch.undo()
    assert store.count() == 3
