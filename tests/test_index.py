"""Indexing a folder: what is new is read, what is as it was is not, and no file can spoil it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from PIL import Image

from dupedash.embedded.files import update as indexing
from dupedash.embedded.files.update import index
from dupedash.embedded.store.store import Store, file_id
from dupedash.errors import ConfigError
from dupedash.images import Limits
from dupedash.model import Failure, Progress
from tests.indexed import counts, draw, folder, store
from tests.test_images import png_that_claims

__all__ = ["folder", "store"]

ROOT = Path(__file__).resolve().parents[1]
HOSTILE_NAMES = [
    "plain.png",
    'it\'s "quoted".png',
    "<script>alert(1)</script>.png".replace("/", "∕"),
    "emoji 🦉 ü.png",
    "two\nlines.png",
    "100%_*?[x].png",
    "-rf.png",
    b"not \xff utf-8.png",
]


def test_a_folder_is_indexed_once(store, folder):
    assert counts(index(store, [folder], jobs=1)) == (3, 0, 0, 0, 0)
    before = store.sequence()
    again = index(store, [folder], jobs=1)
    assert counts(again) == (0, 0, 3, 0, 0)
    assert again.ignored == 1
    assert store.sequence() == before
    assert store.ids() == sorted(file_id(folder / name) for name in ("a.png", "b.png", "within/c.png"))


def test_changed_files_are_read_again_and_keep_their_fields(store, folder):
    index(store, [folder], jobs=1)
    image_id = file_id(folder / "a.png")
    store.set_fields({image_id: {"label": "mine"}})
    before = store.records([image_id])[0]
    draw(folder / "a.png", 99)
    assert counts(index(store, [folder], jobs=1)) == (0, 1, 2, 0, 0)
    after = store.records([image_id])[0]
    assert after.content != before.content
    assert (after.fields["label"], after.fields["added"]) == ("mine", before.fields["added"])


def test_unchanged_files_are_not_opened(store, folder):
    index(store, [folder], jobs=1)
    path = folder / "a.png"
    status = path.stat()
    path.write_bytes(b"x" * status.st_size)  # same size, same time: it must not be noticed
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert counts(index(store, [folder], jobs=1)) == (0, 0, 3, 0, 0)


def test_vanished_files_are_told_and_not_searched_and_may_return(store, folder, tmp_path):
    index(store, [folder], jobs=1)
    image_id = file_id(folder / "a.png")
    store.set_fields({image_id: {"label": "mine"}})
    shutil.move(folder / "a.png", tmp_path / "away.png")
    report = index(store, [folder], jobs=1)
    assert report.vanished == (str(folder / "a.png"),)
    assert image_id not in store.ids()
    assert store.records([image_id])[0].skipped == "the file is gone"
    assert store.hidden() == [Failure(str(folder / "a.png"), "the file is gone")]
    assert index(store, [folder], jobs=1).vanished == ()
    shutil.move(tmp_path / "away.png", folder / "a.png")
    assert counts(index(store, [folder], jobs=1)) == (0, 0, 3, 0, 0)
    assert store.records([image_id])[0].fields["label"] == "mine"
    assert store.records([image_id])[0].skipped is None


def test_only_what_was_looked_at_can_vanish(store, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    draw(other / "z.png", 7)
    index(store, [folder, other], jobs=1)
    shutil.rmtree(other)
    (folder / "within" / "c.png").unlink()
    assert index(store, [folder], recursive=False, jobs=1).vanished == ()
    assert index(store, [folder], jobs=1).vanished == (str(folder / "within" / "c.png"),)
    with pytest.raises(ConfigError, match="no such file"):
        index(store, [other], jobs=1)
    assert file_id(other / "z.png") in store.ids()


def test_a_hidden_file_that_was_asked_for_does_not_vanish(store, folder):
    draw(folder / ".cover.png", 6)
    assert index(store, [folder / ".cover.png"], jobs=1).added == 1
    assert counts(index(store, [folder], jobs=1)) == (3, 0, 0, 0, 0)
    assert file_id(folder / ".cover.png") in store.ids()


def test_files_described_by_another_version_are_read_again(store, folder):
    index(store, [folder], jobs=1)
    with sqlite3.connect(store.folder / "collection.sqlite") as connection:
        connection.execute("UPDATE documents SET described = 0")
    connection.close()
    record = store.records([file_id(folder / "a.png")])[0]
    assert record.skipped == "described by another version of dupedash: index it again"
    assert counts(index(store, [folder], jobs=1)) == (0, 3, 0, 0, 0)
    assert store.records([record.id])[0].skipped is None


def test_without_recursion_only_the_folder_itself_is_read(store, folder):
    assert index(store, [folder], recursive=False, jobs=1).added == 2


def test_single_files_can_be_indexed(store, folder):
    assert index(store, [folder / "a.png", folder / "within"], jobs=1).added == 2
    assert store.roots() == [folder / "a.png", folder / "within"]


def test_fields_are_given_and_renewed_without_reading(store, folder):
    index(store, [folder], jobs=1, fields_for=lambda path: {"name": path.stem, "rating": 3})
    assert store.ids(["name:c AND rating:[3 TO *]"]) == [file_id(folder / "within" / "c.png")]
    report = index(store, [folder], jobs=1, fields_for=lambda path: {"rating": 4 if path.stem == "a" else 3})
    assert counts(report) == (0, 1, 2, 0, 0)
    assert store.ids(["rating:4 AND name:a"]) == [file_id(folder / "a.png")]


def test_a_field_that_does_not_fit_is_reported_with_its_file(store, folder):
    wrong = {"a": 1, "b": 2, "c": "many"}
    report = index(store, [folder], jobs=1, fields_for=lambda path: {"rating": wrong[path.stem]})
    assert [(f.what, "rating" in f.reason) for f in report.unreadable] in (
        [(str(folder / "within" / "c.png"), True)],
        [(str(folder / "a.png"), True), (str(folder / "b.png"), True)],
    )


@pytest.fixture
def hostile(folder) -> Path:
    """Everything that should not be in a folder of pictures."""
    for seed, name in enumerate(HOSTILE_NAMES):
        draw(
            os.path.join(os.fsencode(folder), name if isinstance(name, bytes) else name.encode()), 100 + seed
        )
    whole = (folder / "a.png").read_bytes()
    (folder / "truncated.png").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("I am a text.")
    (folder / "bomb.png").write_bytes(png_that_claims(20_000, 20_000))
    draw(folder / "tiny.png", 1, (4, 4))
    Image.new("RGB", (1, 1), "red").save(folder / "one.png")
    (folder / "loop").symlink_to(folder)
    (folder / "self.png").symlink_to("self.png")
    (folder / "nowhere.png").symlink_to("missing.png")
    (folder / "again.png").symlink_to("a.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "dir.png").mkdir()
    (folder / ".hidden").mkdir()
    draw(folder / ".hidden" / "h.png", 5)
    return folder


def test_a_hostile_folder_costs_a_line_each_and_nothing_else(store, hostile):
    report = index(store, [hostile], jobs=2)
    assert {failure.what: failure.reason for failure in report.unreadable} == {
        str(hostile / "truncated.png"): "truncated; compared by its bytes only",
        str(hostile / "empty.jpg"): "empty file",
        str(hostile / "text.jpg"): "not an image; compared by its bytes only",
        str(hostile / "bomb.png"): (
            "claims 20000×20000 pixels: more than the limit; compared by its bytes only"
        ),
        str(hostile / "loop"): "link to a folder: not followed",
        str(hostile / "self.png"): "broken link: too many levels of symbolic links",
        str(hostile / "nowhere.png"): "broken link: no such file",
        str(hostile / "pipe.png"): "not a regular file",
    }
    assert report.added == 3 + len(HOSTILE_NAMES) + 2
    assert report.ignored == 3  # notes.txt, .hidden and again.png, whose file is indexed anyway
    assert {(f.what, f.reason) for f in store.failures()} == {(f.what, f.reason) for f in report.unreadable}
    one, tiny = store.records([file_id(hostile / "one.png"), file_id(hostile / "tiny.png")])
    assert one.skipped
    assert tiny.skipped or (tiny.width, tiny.height) == (4, 4)


def test_names_of_any_kind_lead_back_to_their_files(store, hostile):
    index(store, [hostile], jobs=1)
    for name in HOSTILE_NAMES:
        path = Path(
            os.fsdecode(
                os.path.join(os.fsencode(hostile), name if isinstance(name, bytes) else name.encode())
            )
        )
        assert store.path(file_id(path)) == path
        record = store.records([file_id(path)])[0]
        assert record.location.encode("utf-8")
        assert record.filename == (name if isinstance(name, str) else "not �FF utf-8.png")


def test_mended_and_deleted_files_leave_the_list_of_failures(store, hostile):
    index(store, [hostile], jobs=1)
    draw(hostile / "truncated.png", 50)
    (hostile / "empty.jpg").unlink()
    assert counts(index(store, [hostile], jobs=1))[:2] == (0, 1)
    assert not {f.what for f in store.failures()} & {
        str(hostile / "truncated.png"),
        str(hostile / "empty.jpg"),
    }


def test_a_picture_that_breaks_later_is_compared_by_its_bytes_only(store, folder):
    index(store, [folder], jobs=1)
    (folder / "a.png").write_bytes(b"broken")
    assert counts(index(store, [folder], jobs=1)) == (0, 0, 2, 0, 1)
    image_id = file_id(folder / "a.png")
    broken = store.records([image_id])[0]
    assert broken.skipped == "cannot be read: not an image; compared by its bytes only"
    assert (broken.width, broken.height, broken.pixels) == (None, None, None)
    assert store.thumbnail(image_id) is None
    draw(folder / "a.png", 3)
    assert counts(index(store, [folder], jobs=1)) == (0, 1, 2, 0, 0)
    assert store.records([image_id])[0].skipped is None


def test_a_folder_that_cannot_be_listed_loses_nothing(store, folder):
    """As an ordinary user, in a process of its own, for root may list everything."""
    index(store, [folder], jobs=1)
    (folder / "within").chmod(0)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from dupedash.embedded.files.folder import walk\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "found = walk([Path('.')], True, [], bool)\n"
        "print(found.refused, found.unseen, len(found.files))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    (folder / "within").chmod(0o755)
    assert done.stdout == "{b'./within': 'folder: no read permission'} [b'./within'] 2\n", done.stderr


@pytest.mark.usefixtures("folder")
def test_the_data_folder_is_not_indexed_by_accident(store, tmp_path):
    (tmp_path / "data" / "quarantine").mkdir()
    draw(tmp_path / "data" / "quarantine" / "q.png", 8)
    assert index(store, [tmp_path], jobs=1).added == 3
    assert index(store, [tmp_path / "data" / "quarantine"], jobs=1).added == 1


def test_a_link_to_a_file_elsewhere_counts_as_that_file(store, folder, tmp_path):
    draw(tmp_path / "elsewhere.png", 9)
    (folder / "link.png").symlink_to(tmp_path / "elsewhere.png")
    assert index(store, [folder], jobs=1).added == 4


def test_a_picture_that_takes_too_long_is_given_up(store, folder):
    assert index(store, [folder], jobs=1).added == 3  # what is loaded once is loaded before
    Image.new("1", (14_000, 14_000)).save(folder / "huge.png")  # 2.4 s of processor time
    report = index(store, [folder], jobs=1, limits=Limits(max_seconds=0.5))
    assert [failure.reason for failure in report.unreadable] == [
        "took longer than 0.5 s; compared by its bytes only"
    ]
    assert (report.added, report.unchanged) == (0, 3)


def test_a_picture_that_needs_too_much_memory_is_given_up(store, folder):
    Image.new("1", (14_000, 14_000)).save(folder / "huge.png")
    report = index(store, [folder], jobs=1, limits=Limits(max_memory=512 << 20))
    assert [failure.reason for failure in report.unreadable] == [
        "not enough memory; compared by its bytes only"
    ]
    assert report.added == 3


def test_progress_counts_up_to_all_files(store, folder):
    seen: list[Progress] = []
    index(store, [folder], jobs=1, progress=seen.append)
    assert (seen[0].done, seen[-1].done, seen[-1].total) == (0, 3, 3)
    assert all(a.done <= b.done for a, b in pairwise(seen))


def test_it_can_be_stopped_and_goes_on(store, folder, monkeypatch):
    for seed in range(20):
        draw(folder / f"more {seed}.png", 200 + seed)
    monkeypatch.setattr(indexing, "_BATCH", 2)
    seen: list[Progress] = []
    report = index(store, [folder], jobs=1, progress=seen.append, cancelled=lambda: len(seen) > 2)
    assert report.stopped
    assert 0 < report.added < 23
    assert store.count() == report.added
    assert counts(index(store, [folder], jobs=1)) == (23 - report.added, 0, report.added, 0, 0)


INDEXER = """
import sys
from pathlib import Path
from dupedash.embedded.files import update as index
from dupedash.embedded.store import Store
index._BATCH = 4
store = Store(Path(sys.argv[1]))
def tell(progress):
    print(progress.done, flush=True)
index.index(store, [Path(sys.argv[2])], jobs=2, fields_for=lambda path: {"stem": path.stem}, progress=tell)
"""


def contents(store: Store) -> list[tuple[object, ...]]:
    """All that the collection knows, but for the time at which it came in."""
    ids = store.ids()
    known = [
        (
            r.id,
            r.location,
            r.content,
            r.pixels,
            r.width,
            r.bytes,
            {k: v for k, v in r.fields.items() if k != "added"},
        )
        for r in store.records(ids)
    ]
    return [
        *known,
        store.failures(),
        [store.thumbnail(i) for i in ids],
        [store.analysis(i).descriptor for i in ids],
    ]


def test_killed_at_any_moment_it_ends_in_the_same_state(store, hostile, tmp_path):
    for seed in range(24):
        draw(hostile / f"more {seed}.png", 300 + seed)
    killed = tmp_path / "killed" / "collections" / "c"
    chance, kills = random.Random(0), 0
    while kills < 4 and _killed_after(chance.randint(1, 3), chance.random() * 0.03, killed, hostile):
        kills += 1
    assert kills >= 2
    subprocess.run([sys.executable, "-c", INDEXER, killed, hostile], cwd=ROOT, check=True)
    index(store, [hostile], jobs=2, fields_for=lambda path: {"stem": path.stem})
    again = Store(killed)
    assert contents(again) == contents(store)
    again.close()


def _killed_after(commits: int, seconds: float, folder: Path, pictures: Path) -> bool:
    """Index, and kill it so long after so many commits. False if it had ended by then."""
    command = [sys.executable, "-c", INDEXER, folder, pictures]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(commits):
            process.stdout.readline()
        time.sleep(seconds)
        process.kill()
    return process.returncode == -signal.SIGKILL


def test_no_worker_outlives_a_killed_indexer(hostile, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", INDEXER, tmp_path / "k" / "collections" / "c", hostile], cwd=ROOT
    )
    deadline = time.monotonic() + 120
    while not (pids := _workers(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert pids
    process.kill()
    process.wait()
    while any(_is_worker(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_is_worker(pid) for pid in pids)


def _workers(parent: int) -> list[int]:
    return [child.pid for child in psutil.Process(parent).children(recursive=True) if _is_worker(child.pid)]


def _is_worker(pid: int) -> bool:
    try:
        return b"dupedash.workers." in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
