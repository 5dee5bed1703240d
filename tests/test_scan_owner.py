"""A stored scan belongs to one collection on one server: another one of the same name never uses it."""

from __future__ import annotations

import json
import shutil

import pytest

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.connect import Connection, connect, flow_connection
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import ScanError
from dupedash.flow.server import create_app
from dupedash.model import Document
from dupedash.scans import ScanConfig, ScanStore, StoredScan, may_be_of, must_be_of
from dupedash.scans.run import run_scan
from dupedash.scans.stored import META, load
from tests.fakes import FakeCollection
from tests.pictures import as_file, scene, smaller
from tests.serving import serving

NAME = "my-collection"


def draw(folder, *seeds):
    folder.mkdir(parents=True)
    for seed in seeds:
        (folder / f"{seed}.png").write_bytes(as_file(scene(seed)))
        (folder / f"{seed} small.png").write_bytes(as_file(smaller(scene(seed))))
    return folder


def filled(folder, *seeds):
    """Served images with the ids 0, 1, …"""
    served = FakeCollection()
    for number, path in enumerate(sorted(draw(folder, *seeds).iterdir())):
        served.add([Document(str(number), str(path))])
    served.commit()
    return served


def as_an_earlier_version_wrote_it(scan: StoredScan) -> StoredScan:
    told = json.loads((scan.folder / META).read_text())
    del told["identity"], told["sum"]
    (scan.folder / META).write_text(json.dumps(told))
    return load(scan.folder)


def run(root, *words):
    return main(["--data", str(root / "data"), *map(str, words)])


def test_a_plan_for_a_folder_does_not_use_the_scan_of_a_servers_collection_of_that_name(tmp_path, capsys):
    assert run(tmp_path, "--collection", NAME, "index", draw(tmp_path / "mine", 1), "--jobs", "1") == 0
    with serving(create_app(filled(tmp_path / "theirs", 2, 3), name=NAME)) as url:
        assert run(tmp_path, "--url", f"{url}/api/cores/{NAME}", "scan") == 0
    capsys.readouterr()
    assert run(tmp_path, "--collection", NAME, "plan") == 1
    assert f"There is no scan of {NAME} (embedded) yet" in capsys.readouterr().err
    (theirs,) = ScanStore(Workspace(tmp_path / "data").scans).list()
    assert run(tmp_path, "--collection", NAME, "plan", "--scan", theirs.id) == 1
    assert "Flow at http://127.0.0.1" in capsys.readouterr().err
    assert run(tmp_path, "--collection", NAME, "status") == 0
    assert "scans       0" in capsys.readouterr().out
    assert run(tmp_path, "--collection", NAME, "scan") == 0
    assert run(tmp_path, "--collection", NAME, "plan") == 0


def test_two_collections_of_one_server_under_one_name_are_told_apart(tmp_path):
    store = ScanStore(tmp_path / "scans")
    one = filled(tmp_path / "one", 1)
    with serving(create_app(one, name="a")) as url:
        here, there = (connect(flow_connection(url, "photos", name), Workspace(tmp_path)) for name in "ab")
        scan = run_scan(here, ScanConfig(), store)
        assert (scan.collection, scan.engine) == (there.name, there.engine)
        assert may_be_of(scan, here)
        assert not may_be_of(scan, there)
        with pytest.raises(ScanError, match="`scan` makes a new one"):
            must_be_of(scan, there)
        assert store.find("photos", scan.state, scan.config, there.engine, there.identity) is None
        assert store.find("photos", scan.state, scan.config, here.engine, here.identity) == scan


def test_a_server_scan_of_an_earlier_version_is_used_where_its_images_are_there(tmp_path):
    store = ScanStore(tmp_path / "scans")
    mine, other = filled(tmp_path / "mine", 1, 2), filled(tmp_path / "other", 1, 2)
    scan = as_an_earlier_version_wrote_it(run_scan(mine, ScanConfig(), store))
    assert scan.is_of(mine.identity) is None
    must_be_of(scan, mine)
    mine.remove(["0", "1", "2"])
    must_be_of(scan, mine)
    with pytest.raises(ScanError, match="its images are not those of"):
        must_be_of(scan, other)
    assert run_scan(other, ScanConfig(), store).id != scan.id
    mine.remove(mine.ids())
    with pytest.raises(ScanError, match="its images are not those of"):
        must_be_of(scan, mine)


def test_a_folders_scan_of_an_earlier_version_is_known_by_its_state(tmp_path):
    workspace = Workspace(tmp_path)
    first = connect(Connection("photos"), workspace)
    first.add([Document("1", str(draw(tmp_path / "pictures", 1) / "1.png"))])
    first.commit()
    scan = as_an_earlier_version_wrote_it(run_scan(first, ScanConfig(), ScanStore(workspace.scans)))
    assert may_be_of(scan, first)
    assert run_scan(first, ScanConfig(), ScanStore(workspace.scans)).id == scan.id, "it is not made again"
    first.close()
    shutil.rmtree(workspace.collection("photos"))
    anew = EmbeddedCollection(workspace.collection("photos"), "photos")
    assert not may_be_of(scan, anew), "made anew, it is another collection"
    anew.close()
