"""A scan on a cluster where something goes wrong: the same result, or a sentence and nothing lost."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

pytest.importorskip("distributed")

from dupedash.cluster import processes, records
from dupedash.cluster.connect import cluster
from dupedash.cluster.job import Job
from dupedash.cluster.run import run
from dupedash.cluster.stages import candidates, compare, describe, identical, pictures, series
from dupedash.dataset.places import Place
from dupedash.errors import Cancelled, Unreachable
from dupedash.scans import ScanConfig
from dupedash.scans.stored import load
from tests import clusters, workspaces

STAGES = [m.STAGE for m in (describe, series, identical, pictures, candidates, compare, records)]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return workspaces.draw(tmp_path_factory.mktemp("faults") / "photos")


def job(photos, out):
    return Job((str(photos),), Place.of(str(out)), ScanConfig())


def found(out):
    """What the one scan there found."""
    (folder,) = (out / "scans").iterdir()
    scan = load(folder)
    ids = scan.image_ids()
    rows = scan.match_rows(scan.image_rows()).table.to_pylist()
    return sorted((ids[row["a"]], ids[row["b"]], row["score"], row["kinds"]) for row in rows), scan.coverage


@pytest.fixture(scope="module")
def client():
    """A cluster for what harms none of its processes."""
    with clusters.workers(2) as connected:
        yield connected


@pytest.fixture(scope="module")
def expected(client, photos, tmp_path_factory):
    """What comes of it where nothing goes wrong."""
    out = tmp_path_factory.mktemp("whole")
    run(client, job(photos, out))
    return found(out)


def alive(client):
    """The processes of the workers that the scheduler knows. None is asked: it may be just about to end."""
    known = client.scheduler_info(n_workers=-1)["workers"]
    nannies = client.cluster.workers.values()
    return [nanny.pid for nanny in nannies if nanny.worker_address in known and nanny.pid]


def test_a_worker_killed_in_each_stage_changes_nothing(photos, expected, tmp_path):
    killed = {}
    with clusters.workers(3) as client:

        def kill(progress):
            if progress.stage in STAGES and progress.stage not in killed:
                while not (processes := alive(client)):  # those that were killed before start again
                    time.sleep(0.1)
                killed[progress.stage] = processes[0]
                os.kill(processes[0], signal.SIGKILL)

        run(client, job(photos, tmp_path), progress=kill)
    assert sorted(killed) == sorted(STAGES)
    assert found(tmp_path) == expected


def test_the_scheduler_killed_is_said_and_a_second_start_describes_nothing_anew(
    client, photos, expected, tmp_path
):
    out = tmp_path / "out"
    with processes.started(tmp_path, 1) as (address, (scheduler, *_)), cluster(address) as lost:

        def kill(progress):
            if progress.stage == identical.STAGE:
                scheduler.kill()

        with pytest.raises(Unreachable, match="scheduler of the cluster is gone"):
            run(lost, job(photos, out), progress=kill)
    described = {path: path.stat().st_mtime_ns for path in (out / "described").iterdir()}
    run(client, job(photos, out))
    assert {path: path.stat().st_mtime_ns for path in (out / "described").iterdir()} == described
    assert found(out) == expected


def test_a_stopped_scan_goes_on_from_what_was_written(client, photos, expected, tmp_path):
    seen = []
    with pytest.raises(Cancelled, match="goes on"):
        run(
            client, job(photos, tmp_path), progress=lambda p: seen.append(p.stage),
            cancelled=lambda: compare.STAGE in seen,
        )  # fmt: skip
    seen.clear()
    (begun,) = (tmp_path / "work").glob("*/begun.json")
    begun.write_text(json.dumps(json.loads(begun.read_text()) | {"started": "2020-01-01T00:00:00+00:00"}))
    done = run(client, job(photos, tmp_path), progress=lambda p: seen.append(p.stage))
    assert done.stats.seconds < 86_400  # what lies between the two runs does not count
    assert not {candidates.STAGE, identical.STAGE} & set(seen)
    assert found(tmp_path) == expected


def test_a_scan_that_goes_on_does_not_take_the_place_of_one_that_ended_meanwhile(client, photos, tmp_path):
    seen, part = [], ScanConfig(fq=("format:png",))
    with pytest.raises(Cancelled):
        run(
            client, job(photos, tmp_path), progress=lambda p: seen.append(p.stage),
            cancelled=lambda: describe.STAGE in seen,
        )  # fmt: skip
    run(client, Job((str(photos),), Place.of(str(tmp_path)), part))
    run(client, job(photos, tmp_path))
    stored = [load(folder) for folder in sorted((tmp_path / "scans").iterdir())]
    assert [scan.config for scan in stored] == [part, ScanConfig()]


@pytest.fixture
def small_disk(tmp_path):
    """A disk with room for 300 kB."""
    mounted = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(tmp_path)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("a small disk can be made by root on Linux only")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_full_disk_is_said_and_with_room_it_goes_on(client, photos, expected, small_disk):
    with pytest.raises(OSError, match="No space left") as full:
        run(client, job(photos, small_disk))
    assert full.value.errno == errno.ENOSPC
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    run(client, job(photos, small_disk))
    assert found(small_disk) == expected


@contextmanager
def store_like_s3(monkeypatch):
    """A server that speaks S3, and the variables by which it is found; of what is in `gone` the objects are
    listed and not there, others are slow."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    moto = DomainDispatcherApplication(create_backend_app)

    def app(environ, start_response):
        path, read = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "GET"
        if read and "gone" in path:
            start_response("404 Not Found", [("Content-Type", "application/xml")])
            return [b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"]
        if read and "slow" in path:
            time.sleep(2)
        return moto(environ, start_response)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}", "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    try:
        yield environment
    finally:
        server.shutdown()
        thread.join()


def test_images_and_result_lie_in_a_store_like_s3_with_a_missing_and_a_slow_object(
    photos, expected, tmp_path, monkeypatch
):
    s3fs = pytest.importorskip("s3fs")
    pytest.importorskip("moto")
    from dupedash.config import Workspace
    from dupedash.connect import Connections, connect
    from dupedash.scans.elsewhere import open_elsewhere

    with store_like_s3(monkeypatch) as environment:
        store = s3fs.S3FileSystem(skip_instance_cache=True)
        store.mkdir("photos")
        for path in photos.iterdir():
            store.pipe_file(f"photos/all/{path.name}", path.read_bytes())
        store.pipe_file("photos/all/gone.png", b"not there any more")
        store.pipe_file("photos/all/slow.png", (photos / "scene-1.png").read_bytes())
        with clusters.workers(1, environment) as client:
            done = run(client, Job(("s3://photos/all",), Place.of("s3://photos/result"), ScanConfig()))
        assert len(done.coverage) == 2
        gaps = {gap.reason: gap.first for gap in done.coverage}
        assert gaps[describe.MISSING] == ("s3://photos/all/gone.png",)
        assert done.stats.images == workspaces.IMAGES + 2
        workspace = Workspace(tmp_path)
        opened = open_elsewhere(workspace, "s3://photos/result")
        pairs = opened.matches()
        # Beside what is found in the folder: the slow object is a copy of a scene, and of its copies.
        assert len(pairs) > len(expected[0])
        collection = connect(Connections(workspace).get("result"), workspace)
        assert collection.thumbnail(pairs.ids[0])
        assert collection.picture(pairs.ids[0], 100)
