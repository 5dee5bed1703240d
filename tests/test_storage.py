"""Files are replaced in one step, and a lock is held by one at a time."""

from __future__ import annotations

import io
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from dupedash.dataset.places import Place
from dupedash.scans.tables.columns import read_table, write_table
from dupedash.storage import atomic, locks

ROOT = Path(__file__).resolve().parent.parent


def test_a_file_is_as_it_was_where_its_writer_fails(tmp_path):
    path = tmp_path / "kept.json"
    atomic.write(path, "old")
    with pytest.raises(FileNotFoundError), atomic.replacing(path) as temporary:
        temporary.write_bytes(b"half" + (tmp_path / "gone").read_bytes())
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.json"]


def test_only_the_owner_can_read_what_is_written(tmp_path):
    atomic.write(tmp_path / "secret", b"\x00\xff")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert (tmp_path / "secret").read_bytes() == b"\x00\xff"


def test_a_new_file_is_never_written_over_another(tmp_path):
    atomic.create(tmp_path / "a", "mine")
    with pytest.raises(FileExistsError):
        atomic.create(tmp_path / "a", "other")
    assert (tmp_path / "a").read_text() == "mine"


def test_a_name_of_any_length_can_be_replaced(tmp_path):
    atomic.write(tmp_path / ("n" * 255), "x")
    assert (tmp_path / ("n" * 255)).read_text() == "x"


def test_a_lock_is_held_by_one(tmp_path):
    with locks.held(tmp_path / "lock"):
        assert locks.is_held(tmp_path / "lock")
        with pytest.raises(locks.Taken), locks.held(tmp_path / "lock", patience=0):
            pass
    assert not locks.is_held(tmp_path / "lock")


def test_a_lock_is_free_when_its_holder_was_killed(tmp_path):
    program = (
        "import sys, pathlib\nfrom dupedash.storage import locks\n"
        "with locks.held(pathlib.Path(sys.argv[1])):\n print('held', flush=True)\n sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, tmp_path / "lock"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        assert one.stdout.readline() == b"held\n"
        assert locks.is_held(tmp_path / "lock")
        one.send_signal(signal.SIGKILL)
        one.wait()
    assert not locks.is_held(tmp_path / "lock")


TABLE = pa.table({"a": range(3000), "b": range(3000)})
READ = {
    "stored": lambda path: read_table(path, TABLE.schema),
    "dataset": lambda path: Place(str(path.parent)).table(path.name),
}


@pytest.mark.parametrize("reader", READ)
def test_no_thread_of_pyarrow_has_a_file_of_python(tmp_path, monkeypatch, reader):
    """One that lets go of it while Python ends aborts the program: "terminate called without …"."""
    write_table(TABLE, tmp_path / "a.parquet")
    threads = set()

    class Watched(io.FileIO):
        def read(self, size=-1):
            threads.add(threading.get_ident())
            return super().read(size)

    def watched(path, mode="r", *others):
        return Watched(path) if mode == "rb" else usual(path, mode, *others)

    usual = io.open
    with monkeypatch.context() as watching:
        watching.setattr(io, "open", watched)
        table = READ[reader](tmp_path / "a.parquet")
    assert table.equals(TABLE)
    assert threads <= {threading.get_ident()}
