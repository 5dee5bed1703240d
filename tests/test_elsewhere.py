"""A scan that was made on a cluster, opened here: looked at like any other, and never changed."""

from __future__ import annotations

import json
import time

import pytest

pytest.importorskip("distributed")

from dupedash.cli.main import main
from dupedash.cluster.job import Job
from dupedash.cluster.run import run
from dupedash.config import Workspace
from dupedash.connect import Connections, Engine, connect
from dupedash.dataset.places import Place
from dupedash.errors import ConfigError, ScanError, Unsupported
from dupedash.images.encode import THUMBNAIL_TYPE, thumbnail_type
from dupedash.jobs import Jobs, JobStatus
from dupedash.model import ById, DuplicateQuery
from dupedash.scans import ScanConfig, ScanStore, is_of
from dupedash.scans.elsewhere import open_elsewhere
from tests import app_pages, clusters, workspaces


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What a scan on a cluster left behind."""
    folder = tmp_path_factory.mktemp("elsewhere")
    photos = workspaces.draw(folder / "photos")
    with clusters.workers(1) as client:
        run(client, Job((str(photos),), Place.of(str(folder / "result")), ScanConfig()))
    return folder / "result"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("DUPEDASH_DATA", str(tmp_path))
    return Workspace(tmp_path)


@pytest.fixture
def opened(made, workspace):
    scan = open_elsewhere(workspace, str(made))
    collection = connect(Connections(workspace).get(scan.collection), workspace)
    yield scan, collection
    collection.close()


def test_it_is_a_stored_scan_of_a_collection_with_records_and_thumbnails(opened):
    scan, collection = opened
    assert is_of(scan, collection)
    assert (scan.collection, scan.complete, len(scan.matches()) > 3) == ("result", True, True)
    assert collection.count() == scan.stats.images == len(collection.ids())
    readable = [record for record in collection.records(collection.ids()) if record.width]
    assert len(readable) == collection.count() - 1
    assert all(thumbnail_type(collection.thumbnail(record.id)) == THUMBNAIL_TYPE for record in readable)
    assert collection.thumbnail("unknown") is None
    assert collection.picture(readable[0].id, 100)
    assert collection.count(("format:JPEG",)) == 3


def test_what_cannot_be_done_here_is_said(opened):
    _, collection = opened
    for attempt in (
        lambda: collection.duplicates(ById(collection.ids()[0]), DuplicateQuery()),
        lambda: collection.remove(collection.ids()[:1]),
        lambda: collection.set_fields({}),
        lambda: collection.add([]),
    ):
        with pytest.raises(Unsupported, match="scanned elsewhere"):
            attempt()


def test_opening_it_again_changes_nothing(made, opened, workspace):
    assert open_elsewhere(workspace, str(made)).id == opened[0].id
    assert len(ScanStore(workspace.scans).list()) == 1


@pytest.mark.usefixtures("opened")
def test_a_place_without_a_result_and_a_name_that_is_taken_are_refused(made, workspace, tmp_path):
    with pytest.raises(ScanError, match="no finished scan"):
        open_elsewhere(workspace, str(tmp_path / "nothing"))
    workspaces.fill(workspace.root, made.parent / "photos", "taken")
    with pytest.raises(ConfigError, match="another collection 'taken'"):
        open_elsewhere(workspace, str(made), "taken")
    assert [c.engine for c in Connections(workspace).list()] == [Engine.EMBEDDED, Engine.ELSEWHERE]


def test_the_command_takes_it_in_and_writes_groups(made, workspace, capsys):
    assert main(["--data", str(workspace.root), "scan", "--open", str(made), "--json", "-"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 3


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("overview", "result"),
        ("groups", "3 groups"),
        ("scan", "scan there again"),
        ("check", "check where it was scanned"),
        ("clear", "clear where the images are"),
        ("share", "Share"),
        ("explore", "Explore"),
        ("collection", "elsewhere"),
        ("connections", "A scan made elsewhere"),
    ],
)
def test_its_pages_open(opened, page, said):
    at = app_pages.opened(page, collection="result", scan=opened[0].id)
    shown = " ".join(str(getattr(one, "value", "")) + str(getattr(one, "body", "")) for one in at.main)
    texts = [*at.markdown, *at.caption, *at.subheader, *at.title, *at.metric]
    shown += " ".join(f"{getattr(one, 'label', '')} {one.value}" for one in texts)
    assert said.lower() in shown.lower()


def test_a_job_scans_on_a_cluster_and_opens_the_result(made, workspace, tmp_path):
    jobs, out = Jobs(workspace), tmp_path / "out" / "mine"
    asked = {"collection": "mine", "cluster": "local:1", "images": [str(made.parent / "photos")],
             "out": str(out), "mode": "balanced", "floor": 0.5}  # fmt: skip
    job = jobs.start("cluster", asked)
    links = set()
    while (now := jobs.get(job.id)).active:
        links.add(now.result)
        time.sleep(0.2)
    assert (now.status, now.error) == (JobStatus.DONE, "")
    assert any(link.startswith("http://127.0.0.1:") for link in links)
    (scan,) = ScanStore(workspace.scans).list()
    assert (scan.id, scan.collection) == (now.result, "mine")
    at = app_pages.opened("connections", collection="mine")
    assert "Scan on a cluster" in " ".join(str(one.label) for one in at.expander)
