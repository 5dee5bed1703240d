"""A scan on a Dask cluster: the same result as on this machine, from real worker processes."""

from __future__ import annotations

import os
import shutil
import time
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("distributed")

from dupedash.cluster.connect import cluster
from dupedash.cluster.job import Job
from dupedash.cluster.listing import Listing
from dupedash.cluster.progress import Watcher
from dupedash.cluster.run import run
from dupedash.cluster.stages import compare, describe, exchange
from dupedash.dataset.places import Place
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import ConfigError
from dupedash.indexing import index_paths
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan
from dupedash.scans.stored import load
from tests import workspaces


@pytest.fixture(scope="module")
def client():
    with cluster("local:2") as connected:
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
    ],
    ids=["everything", "a part", "one part with another", "a moment"],
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
