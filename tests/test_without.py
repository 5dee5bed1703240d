"""Scans that leave out what matches only mirrored or turned."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dupedash.cli.main import main
from dupedash.embedded.compare import pairs
from dupedash.embedded.describe.descriptor import describe
from dupedash.errors import ConfigError
from dupedash.model import ChangeKind, ScanMode
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.modes import resolve

BOTH = (ChangeKind.MIRRORED, ChangeKind.TURNED)


def scene() -> Image.Image:
    """A picture without any symmetry."""
    draw = ImageDraw.Draw(picture := Image.new("RGB", (256, 256), "white"))
    random = np.random.default_rng(3)
    for x, y, size in random.uniform((0, 0, 10), (200, 200, 60), (40, 3)):
        draw.ellipse((x, y, x + size, y + size), tuple(random.integers(0, 255, 3)))
    return picture


def cross() -> Image.Image:
    """A picture that is its own mirror image and looks the same from all sides."""
    icon = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(icon)
    draw.rectangle((8, 8, 247, 247), outline=(20, 90, 40), width=12)
    draw.rectangle((108, 50, 147, 205), (20, 90, 40))
    draw.rectangle((50, 108, 205, 147), (20, 90, 40))
    return icon


TURNED = {
    "mirrored": (Image.Transpose.FLIP_LEFT_RIGHT, [ChangeKind.MIRRORED]),
    "turned": (Image.Transpose.ROTATE_90, [ChangeKind.TURNED]),
    "upside down": (Image.Transpose.ROTATE_180, [ChangeKind.TURNED]),
    "both": (Image.Transpose.FLIP_TOP_BOTTOM, [ChangeKind.MIRRORED, ChangeKind.TURNED]),
}


@pytest.mark.parametrize(("how", "kinds"), TURNED.values(), ids=TURNED)
def test_a_kind_that_is_left_out_no_longer_matches(how: Image.Transpose, kinds: list[ChangeKind]) -> None:
    one, other = (describe(np.asarray(icon)) for icon in (scene(), scene().transpose(how)))
    assert pairs.judge(one, other, (False, True)).score >= 0.7
    for kind in BOTH:
        left_out = pairs.judge(one, other, (False, True), (kind,)).score < 0.7
        assert left_out == (kind in kinds)


def test_a_pair_that_also_matches_as_it_is_stays() -> None:
    one = describe(np.asarray(cross()))
    other = describe(np.asarray(cross().resize((200, 200)).transpose(Image.Transpose.ROTATE_90)))
    for ways in ((False,), (True,), (False, True)):
        assert pairs.judge(one, other, ways, BOTH).score >= 0.7


def test_the_command_takes_one_kind_or_both_with_a_comma(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "icons"
    folder.mkdir()
    scene().save(folder / "right.png")
    scene().transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "left.png")
    scene().transpose(Image.Transpose.ROTATE_90).save(folder / "up.png")

    def run(*words: str) -> int:
        return main(["--data", str(tmp_path / "data"), *words])

    def matches(*options: str) -> int:
        capsys.readouterr()
        assert run("scan", "--pairs", "-", *options) == 0
        rows = capsys.readouterr().out.splitlines()[1:]
        return sum(float(row.split(",")[2]) >= 0.7 for row in rows)

    assert run("index", "--jobs", "1", str(folder)) == 0
    assert matches() == 3
    assert matches("--without", "mirrored") == 1
    assert matches("--without", "mirrored, turned") == 0
    assert matches() == 3
    assert run("scan", "--without", "cropped") == 2
    assert "'cropped' cannot be left out; use mirrored or turned" in capsys.readouterr().err


def test_what_is_left_out_is_part_of_the_stored_configuration(tmp_path: Path) -> None:
    store = ScanStore(tmp_path)
    without = ScanConfig(without=(ChangeKind.TURNED, ChangeKind.MIRRORED))
    scan = store.create("icons", "embedded", "1", without, resolve(ScanMode.BALANCED, 1))
    assert store.get(scan.id).config == ScanConfig(without=BOTH)
    assert store.find("icons", "1", ScanConfig()) is None
    meta = scan.folder / "scan.json"
    known = json.loads(meta.read_text())
    earlier = {name: value for name, value in known.items() if name != "sum"}
    del earlier["config"]["without"]
    meta.write_text(json.dumps(earlier))
    assert store.get(scan.id).config == ScanConfig()


def test_only_mirrored_and_turned_can_be_left_out() -> None:
    with pytest.raises(ConfigError, match="cannot leave out 'cropped'"):
        ScanConfig(ScanMode.BALANCED, without=(ChangeKind.CROPPED,))
