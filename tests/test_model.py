"""A model of the user's own: what it finds near is compared by pixels; without one nothing changes."""

from __future__ import annotations

import shutil
import sys

import cv2
import numpy as np
import pytest

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.connect import Connection, connect
from dupedash.embedded.files.update import index
from dupedash.embedded.model import vectors
from dupedash.embedded.model.chosen import choose, chosen, forget
from dupedash.embedded.model.network import Network
from dupedash.errors import ConfigError
from dupedash.scans import ScanConfig, ScanStatus, ScanStore
from dupedash.scans.run import run_scan
from tests import tiny_models
from tests.pictures import as_file, scene

PAIR = ("copy.png", "scene-5.png")


def cut_and_noisy(seed: int) -> bytes:
    """The middle of a scene under much noise. Of scene 5 it shares no keypoints that are looked up, and is
    found once it is compared; where the look-up finds it, too, another scene has to be taken here."""
    pixels = np.asarray(scene(seed))
    high, wide = (int(side * 0.15) for side in pixels.shape[:2])
    middle = pixels[high:-high, wide:-wide]
    noisy = np.clip(middle + np.random.default_rng(1).normal(0, 40, middle.shape), 0, 255).astype(np.uint8)
    return cv2.imencode(".png", cv2.cvtColor(noisy, cv2.COLOR_RGB2BGR))[1].tobytes()


class Place:
    """A folder of pictures, and the collection of it in a workspace."""

    def __init__(self, folder, data):
        self.folder, self.workspace = folder, Workspace(data)
        self.collection = connect(Connection("photos"), self.workspace)

    @property
    def home(self):
        return self.collection.store.folder

    def index(self):
        index(self.collection.store, [self.folder], jobs=1)

    def scan(self, **how):
        return run_scan(self.collection, ScanConfig(), ScanStore(self.workspace.scans), **how)

    def found(self, scan):
        """name, name → score, of the matches."""
        m = scan.matches()
        names = {record.id: record.filename for record in scan.records(m.ids)}
        rows = zip(m.a.tolist(), m.b.tolist(), m.score.tolist(), strict=True)
        return {tuple(sorted((names[m.ids[a]], names[m.ids[b]]))): score for a, b, score in rows}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Some scenes, and a copy of one that shares no keypoints with it: read once, for all tests."""
    root = tmp_path_factory.mktemp("model")
    (root / "pictures").mkdir()
    for seed in (3, 4, 5):
        (root / "pictures" / f"scene-{seed}.png").write_bytes(as_file(scene(seed)))
    (root / "pictures" / "copy.png").write_bytes(cut_and_noisy(5))
    place = Place(root / "pictures", root / "data")
    place.index()
    place.collection.close()
    return root


@pytest.fixture
def place(filled, tmp_path):
    shutil.copytree(filled / "data", tmp_path / "data")
    made = Place(filled / "pictures", tmp_path / "data")
    yield made
    made.collection.close()


@pytest.fixture
def described(monkeypatch):
    """How many pictures each call described."""
    counts, real = [], Network.vectors
    monkeypatch.setattr(Network, "vectors", lambda self, some: counts.append(len(some)) or real(self, some))
    return counts


def test_a_copy_that_shares_no_keypoints_is_found_by_a_model_and_compared_by_its_pixels(place, tmp_path):
    without = place.scan()
    assert PAIR not in place.found(without)
    state = place.collection.state()
    choose(place.home, tiny_models.bytes_(tmp_path / "tiny.onnx"))
    assert place.collection.state() != state
    found = place.found(place.scan())
    assert found[PAIR] > 0.7
    assert found.keys() == place.found(without).keys() | {PAIR}, "near is not enough: pixels decide"
    forget(place.home)
    assert place.collection.state() == state
    assert place.scan().id == without.id


def test_vectors_are_kept_and_made_anew_when_the_model_is_another_one(place, tmp_path, described):
    model = choose(place.home, tiny_models.floats(tmp_path / "tiny.onnx"))
    place.scan()
    assert sum(described) == 4
    (place.folder / "scene-7.png").write_bytes(as_file(scene(7)))
    place.index()
    place.scan()
    assert sum(described) == 5
    tiny_models.floats(tmp_path / "tiny.onnx", 32)
    assert chosen(place.home).digest != model.digest
    place.scan()
    assert sum(described) == 10
    assert [path.name for path in (place.home / "cache").glob("model-*.npz")] == [
        f"model-{chosen(place.home).short}.npz"
    ]


def test_vectors_that_were_made_serve_while_the_model_is_away(place, tmp_path):
    file = tiny_models.bytes_(tmp_path / "tiny.onnx")
    choose(place.home, file)
    place.scan()
    file.unlink()
    assert PAIR in place.found(place.scan(resume=False))
    (place.folder / "scene-7.png").write_bytes(as_file(scene(7)))
    place.index()
    with pytest.raises(ConfigError, match="cannot be loaded"):
        place.scan()


def test_a_stopped_search_keeps_the_vectors_that_were_made(place, tmp_path, described):
    choose(place.home, tiny_models.bytes_(tmp_path / "tiny.onnx"))
    stopped = place.scan(cancelled=lambda: bool(described))
    assert stopped.status is ScanStatus.STOPPED
    assert len(vectors.read(place.home, chosen(place.home)).pictures) == 4
    assert PAIR in place.found(place.scan())
    assert sum(described) == 4


def test_damaged_vectors_are_made_anew(place, tmp_path, described):
    choose(place.home, tiny_models.floats(tmp_path / "tiny.onnx"))
    place.scan()
    (file,) = (place.home / "cache").glob("model-*.npz")
    data = bytearray(file.read_bytes())
    data[-200] ^= 255
    file.write_bytes(data)
    place.scan(resume=False)
    assert sum(described) == 8


def test_what_is_missing_or_does_not_fit_is_told_with_what_to_do(place, tmp_path, monkeypatch):
    wrong = tmp_path / "wrong.onnx"
    with pytest.raises(ConfigError, match="cannot be used: it has other inputs"):
        Network(tiny_models.flat(wrong))
    wrong.write_bytes(b"no model")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        Network(wrong)
    with pytest.raises(ConfigError, match="cannot be read"):
        choose(place.home, tmp_path / "nothing.onnx")
    choose(place.home, tiny_models.floats(tmp_path / "tiny.onnx"))
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ConfigError, match=r"dupedash\[models\]"):
        place.scan()


def test_near_rows_are_those_of_comparing_all_with_all(monkeypatch):
    monkeypatch.setattr(vectors, "_ASKED", 7)
    monkeypatch.setattr(vectors, "_AMONG", 50)
    random = np.random.default_rng(2)
    values = random.normal(size=(160, 6)).astype(np.float32)
    values[::9] = values[0]
    values = (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float16)
    asked = np.arange(0, 160, 2)
    one, other = vectors.near(values, asked)
    cosine = values.astype(np.float32) @ values.astype(np.float32).T
    np.fill_diagonal(cosine, -1)
    for row in asked.tolist():
        mine = other[one == row]
        wanted = np.sort(cosine[row][cosine[row] >= vectors.LEAST])[::-1][: vectors.MOST]
        np.testing.assert_allclose(np.sort(cosine[row][mine])[::-1], wanted, atol=1e-6)
        assert len(set(mine.tolist())) == len(mine)
    assert set(one.tolist()) <= set(asked.tolist())
    assert [len(side) for side in vectors.near(values[:0], asked[:0])] == [0, 0]


def test_the_command_sets_shows_and_forgets_a_model(place, tmp_path, capsys):
    words = ["--data", str(place.workspace.root), "model"]
    file = tiny_models.floats(tmp_path / "tiny.onnx")
    assert main(words) == 0
    assert capsys.readouterr().out == "model       none\n"
    assert main([*words, str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    assert main([*words, str(tiny_models.flat(tmp_path / "flat.onnx"))]) == 2
    assert chosen(place.home).path == file
    assert main([*words, "--forget"]) == 0
    assert chosen(place.home) is None
    (place.home / "model.json").write_text("{")
    assert main(words) == 2
