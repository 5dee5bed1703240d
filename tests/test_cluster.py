"""A scan on a Dask cluster: the same result as on this machine, from real worker processes."""

from __future__ import annotations

import os
import shutil
import sys
import time
from functools import partial

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("distributed")

import dask

from dupedash.cluster.job import Job
from dupedash.cluster.listing import Listing
from dupedash.cluster.progress import Meter, Watcher
from dupedash.cluster.run import run
from dupedash.cluster.scope import AGAINST, SCOPE
from dupedash.cluster.stages import compare, describe, exchange, meetings
from dupedash.dataset.places import Place
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.compare.register import Keypoints
from dupedash.embedded.describe.descriptor import decode_thumb
from dupedash.embedded.describe.pattern import mirrored
from dupedash.embedded.retrieve import words
from dupedash.errors import ConfigError
from dupedash.indexing import index_paths
from dupedash.model import ScanMode
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan
from dupedash.scans.stored import load
from tests import clusters, workspaces


@pytest.fixture(scope="module")
def client():
    with clusters.workers(2) as connected:
        yield connected


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Pictures and copies of them: edited ones, the same file again, and a file that is no picture."""
    folder = workspaces.draw(tmp_path_factory.mktemp("cluster") / "photos")
    first = sorted(folder.iterdir())[0]
    shutil.copy(first, folder / f"again-{first.name}")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return folder


@pytest.fixture(scope="module")
def here(photos, tmp_path_factory):
    """A collection of the same pictures on this machine, and its stored scans."""
    folder = tmp_path_factory.mktemp("embedded")
    collection = EmbeddedCollection(folder / "photos")
    index_paths(collection, [photos])
    yield collection, ScanStore(folder / "scans")
    collection.close()


def rows_of(scan):
    """Pairs of ids → everything that a stored scan says of them."""
    images = scan.image_rows()
    ids = images.table["id"].to_pylist()
    rows = scan.match_rows(images).table.to_pylist()
    return {(ids[row.pop("a")], ids[row.pop("b")]): row for row in rows}


def scanned(client, photos, out, config, **options):
    """The scan as it was stored."""
    done = run(client, Job((str(photos),), Place.of(str(out)), config), **options)
    return load(out / "scans" / done.id)


@pytest.mark.parametrize(
    "config",
    [
        ScanConfig(),
        ScanConfig(fq=("format:png",)),
        ScanConfig(fq=("format:JPEG",), against=("format:PNG",)),
        ScanConfig(fq=("modified:[NOW-1DAY TO NOW]",)),
        ScanConfig(mode=ScanMode.SPEED),
    ],
    ids=["everything", "a part", "one part with another", "a moment", "with a smartfilter"],
)
def test_the_result_is_that_of_a_scan_on_this_machine(client, photos, here, tmp_path, config):
    there = scanned(client, photos, tmp_path / "out", config)
    expected = run_scan(here[0], config, here[1])
    assert rows_of(there) == rows_of(expected)
    assert there.coverage == expected.coverage
    assert (there.stats.images, there.stats.compared) == (expected.stats.images, expected.stats.compared)
    assert len(rows_of(there)) or config.fq
    again = scanned(client, photos, tmp_path / "out", config)
    assert (again.id == there.id) is ("NOW" not in str(config.fq))  # it is there already


ALL = meetings.ASKED | SCOPE | AGAINST


def met(keys, bits):
    """Pairs of pictures that meet, and whether mirrored; picture n has one word, keys[n], beside bits[n]."""
    count = len(keys)
    rows = np.zeros(count, meetings.WORD)
    rows["key"], rows["bits"], rows["picture"] = keys, bits, range(count)
    numbers, flags = np.arange(count, dtype=np.uint32), np.full(count, ALL, np.uint8)
    given = meetings.Given(numbers, numbers, flags, rows, np.zeros(0, meetings.HASH))
    found = meetings.meetings(given)
    return {(int(query) // 2, int(other), bool(query % 2)) for query, other in found[["query", "other"]]}


def test_in_a_long_list_keypoints_meet_that_are_alike_beside_their_word_and_in_a_short_one_all():
    apart = np.random.default_rng(1).integers(0, 2**63, meetings.SHORT, np.uint64)
    apart[:2] = 0, (1 << meetings.FAR) - 1
    assert met([5] * meetings.SHORT, apart) == {(0, 1, False)}
    few = meetings.SHORT - 1
    assert len(met([5] * few, apart[:few])) == few * (few - 1) // 2


def test_in_a_mirror_the_bits_beside_a_word_change_places_as_its_halves_do():
    binary = np.random.default_rng(2).integers(0, 256, (meetings.SHORT + 1, 32), np.uint8)
    binary[1] = mirrored(binary[:1])
    key = words.words(binary[:1])[0]
    keys = np.concatenate([key, words.mirrored(key).repeat(meetings.SHORT)])
    assert (words.words(binary[1:2])[0] == keys[1]).all()
    assert {pair for pair in met(keys, words.beside(binary)) if pair[2]} == {(0, 1, True)}


def test_no_bit_beside_a_word_is_in_one():
    one = np.zeros((1, 32), np.uint8)
    bits = [np.unpackbits(one, axis=1) for _ in range(256)]
    for place, some in enumerate(bits):
        some[0, place] = 1
    each = np.packbits(np.concatenate(bits), axis=1)
    in_words = (words.words(each) != words.words(one)).any(axis=0)
    beside = words.beside(each) != 0
    assert not (in_words & beside).any()
    assert beside.sum() == 64


def test_only_new_and_changed_images_are_described_again(client, photos, tmp_path):
    mine, out = shutil.copytree(photos, tmp_path / "mine"), tmp_path / "out"
    first = scanned(client, mine, out, ScanConfig())
    changed, new = sorted(mine.glob("*.png"))[0], mine / "new.png"
    os.utime(changed, ns=(1, 1))
    shutil.copy(changed, new)
    listed = list(Listing([str(mine)], lambda: False, []).chunks())
    work = "work/again"
    for chunk in listed:
        Place.of(str(out)).put_table(f"{work}/listed/{chunk.name}.parquet", chunk.table)
    tasks = [describe.ToDescribe(Place.of(str(out)), work, chunk.name, (chunk.name,)) for chunk in listed]
    done = [describe.describe(task) for task in tasks]
    # Those that could not be read as pictures are kept, too: their bytes are the same.
    assert sum(one.anew for one in done) == 2
    assert sum(one.images for one in done) == first.stats.images + 1


def late_at_first(mark, _given):
    """Takes its time when it runs first."""
    first = not mark.exists()
    mark.touch()
    time.sleep(3 if first else 0)
    yield 0, "late" if first else "in time"


def joined(_here, pieces):
    return "".join(pieces)


def test_an_exchange_in_which_nothing_happens_any_more_is_begun_anew(client, tmp_path, monkeypatch):
    """As where the shuffle waits for a worker that is gone."""
    monkeypatch.setattr(exchange, "_QUIET", 0.5)
    one = exchange.Exchange("waiting", partial(late_at_first, tmp_path / "ran"), ["it"], [], 1, joined)
    with Watcher(client, lambda _progress: None) as watcher, watcher.stage("waiting", 1) as figures:
        assert one.results(client, lambda: False, figures) == ["in time"]


def kept_at_hand():
    """How many pictures a process keeps to compare them again."""
    return decode_thumb.cache_info().currsize + Keypoints.of.cache_info().currsize


def test_a_worker_keeps_no_pictures_that_it_compared(client, photos, tmp_path):
    """Up to 200 MB that would be held beside what every later task needs."""
    scanned(client, photos, tmp_path, ScanConfig())
    assert set(client.run(kept_at_hand).values()) == {0}


def test_of_what_is_to_be_sent_a_worker_holds_a_tenth_of_what_dask_lets_it_hold(client):
    assert set(client.run(dask.config.get, "distributed.p2p.comm.buffer").values()) == {"100 MiB"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system decides when free memory goes back")
@pytest.mark.parametrize("arrow", [True, False], ids=["Arrow", "the C library"])
def test_what_a_task_needed_goes_back_to_the_system_when_it_ends(arrow):
    own = psutil.Process()
    before = own.memory_info().rss
    with Meter("filling", "1"):
        pieces = (bytes(100_000) for _ in range(3000))
        some = [pa.array([piece]) if arrow else piece for piece in pieces]
        assert own.memory_info().rss > before + 150_000_000
        some = [] if arrow else some[::100]  # what stays holds up what the C library would give back
    assert own.memory_info().rss < before + 100_000_000, len(some)


def test_progress_counts_images_and_those_that_are_compared(client, photos, tmp_path):
    told = []
    done = scanned(client, photos, tmp_path, ScanConfig(), progress=told.append)
    last = {progress.stage: (progress.done, progress.total) for progress in told}
    counted = {"listing images": (done.stats.images, None)}
    pictures = workspaces.IMAGES - 1  # one is no picture; a copy of a file is the same picture
    assert last.pop(compare.STAGE) == (pictures, pictures)
    assert last == counted | dict.fromkeys(last.keys() - counted, (done.stats.images,) * 2)


def test_a_table_names_images_by_uri_or_holds_them_and_gives_fields(client, photos, tmp_path):
    files = sorted(photos.iterdir())
    half = len(files) // 2
    held = {"id": [f.name for f in files[:half]], "bytes": [f.read_bytes() for f in files[:half]]}
    named = {"id": [f.name for f in files[half:]], "uri": [f"file://{f}" for f in files[half:]]}
    for name, columns in (("held", held), ("named", named)):
        rows = len(columns["id"])
        table = pa.table({**columns, "shop": [name] * rows, "price": list(range(rows))})
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=5)
    tables = tuple(str(tmp_path / f"{name}.parquet") for name in ("held", "named"))
    out = Place.of(str(tmp_path / "out"))
    both = run(client, Job((), out, ScanConfig(), tables=tables))
    assert both.stats.images == len(files)
    found = {frozenset(pair) for pair in rows_of(load(tmp_path / "out" / "scans" / both.id))}
    assert {"smaller-1.png", "scene-1.png"} in found
    one = run(client, Job((), out, ScanConfig(fq=("shop:held AND price:[0 TO 100]",)), tables=tables))
    assert one.stats.images == half


def test_a_table_without_ids_and_a_folder_without_pictures_are_refused(client, tmp_path):
    pq.write_table(pa.table({"uri": ["s3://a/b.jpg"]}), tmp_path / "no.parquet")
    out = Place.of(str(tmp_path / "out"))
    with pytest.raises(ConfigError, match="needs id"):
        run(client, Job((), out, ScanConfig(), tables=(str(tmp_path / "no.parquet"),)))
    with pytest.raises(ConfigError, match="no pictures"):
        run(client, Job((str(tmp_path),), out, ScanConfig()))
