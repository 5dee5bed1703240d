"""Every command of docs/recipes.md does on the example collection what the page says."""

from __future__ import annotations

import csv
import json
import re
import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dupedash.cli import main
from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.example import Closeness, make, plan, truth
from tests.pictures import as_file, scene, smaller

PAGE = Path(__file__).resolve().parent.parent / "docs" / "recipes.md"
STRONG = Closeness.STRONG

pytestmark = pytest.mark.timeout(900)  # it draws a hundred pictures first


def commands(heading):
    """The commands under a heading, as lists of words."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = [line for block in blocks if "not run" not in block for line in block.splitlines()]
    return [shlex.split(line)[3:] for line in lines]


class Desk:
    """A folder to work in, with the example collection and what is known of it."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.pictures = self.data / "example"
        assert self.run(["example"]) == 0
        self.truth = truth(self.pictures)
        self.family = {}
        for one in self.truth:
            if one.closeness is not Closeness.LOOKALIKE:
                root = self.family.setdefault(one.original, one.original)
                self.family[one.path] = root

    def run(self, words):
        return main(["--data", str(self.data), *words])

    def name(self, path):
        return str(Path(path).relative_to(self.pictures))

    def groups(self, file):
        found = json.loads((self.folder / file).read_text("utf-8"))
        return [{self.name(path) for path in group} for group in found.values()]

    def expected(self, scope, against):
        """Pairs that must be found: of one family, one on each side, neither turned nor mirrored."""
        hard = {one.path for one in self.truth if one.closeness is STRONG}
        easy = {path: root for path, root in self.family.items() if path not in hard}
        return {
            frozenset((a, b))
            for a in easy
            for b in easy
            if a != b and easy[a] == easy[b] and a.startswith(scope) and b.startswith(against)
        }

    def must_be(self, groups, scope, against):
        """Nearly all that must be found is, and nothing else stands together."""
        wanted = self.expected(scope, against)
        found = {pair for pair in wanted if any(pair <= group for group in groups)}
        assert len(wanted) >= 5
        assert len(found) >= 0.9 * len(wanted), wanted - found
        for group in groups:
            assert len({self.family.get(path, path) for path in group}) == 1, group

    def fields(self):
        collection = EmbeddedCollection(Workspace(self.data).collection("example"), "example")
        records = collection.records(collection.ids())
        collection.close()
        return {self.name(r.location): (r.id, r.fields) for r in records if "example" in r.location}


def part_of_the_example():
    """Of each use some originals with all their copies, and one picture that nobody copied."""
    whole = plan.read()
    chosen = []
    for folder in ("shop/", "agency/", "stock/", "listings/", "brand/", "uploads/"):
        inside = [o for o in whole.originals if o.path.startswith(folder)]
        copied = [o for o in inside if whole.copies_of(o.path)]
        chosen += [*copied[:4], *[o for o in inside if o not in copied][:1]]
    paths = {original.path for original in chosen}
    copies = tuple(copy for copy in whole.copies if copy.original in paths)
    return replace(whole, originals=tuple(chosen), copies=copies)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dupedash.indexing.make", partial(make, plan=part_of_the_example()))
        return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(autouse=True)
def here(desk, monkeypatch):
    monkeypatch.chdir(desk.folder)


def test_marketplaces_see_one_product_of_several_vendors(desk):
    everything, one_vendor = commands("Marketplaces")
    assert desk.run(everything) == 0
    groups = {}
    for row in csv.DictReader((desk.folder / "same-products.csv").open(encoding="utf-8")):
        groups.setdefault(row["group"], set()).add(desk.name(row["path"]))
    desk.must_be(list(groups.values()), "shop/", "shop/")
    assert sum(len({path.split("/")[1] for path in group}) > 1 for group in groups.values()) >= 4
    assert desk.run(one_vendor) == 0
    shared = desk.groups("bazaar.json")
    desk.must_be(shared, "shop/bazaar/", ("shop/nordhaus", "shop/lumen", "shop/kestrel", "shop/atelier"))


def test_media_find_copies_of_protected_works(desk):
    (scan,) = commands("Media")
    assert desk.run(scan) == 0
    groups = {}
    for row in csv.DictReader((desk.folder / "copies.csv").open(encoding="utf-8")):
        groups.setdefault(row["group"], set()).add(desk.name(row["path"]))
    desk.must_be(list(groups.values()), "web/", "agency/")


def test_stock_photography_recognises_what_was_rejected(desk, capsys):
    scan, check = commands("Stock")
    assert desk.run(scan) == 0
    desk.must_be(desk.groups("seen-before.json"), "stock/new/", "stock/rejected/")
    copy = next(
        o for o in desk.truth if o.original.startswith("stock/rejected/") and o.closeness is Closeness.NEAR
    )
    upload = desk.folder / "upload.jpg"
    upload.write_bytes((desk.pictures / copy.path).read_bytes())
    assert desk.run(check) == 4
    assert "copy of" in capsys.readouterr().out
    approved = next(p for p in (desk.pictures / "stock/approved").iterdir())
    upload.write_bytes(approved.read_bytes())
    assert desk.run(check) == 0, "it is in the collection, but was never rejected"


def test_real_estate_finds_fake_and_double_listings(desk):
    stolen, double, folders = commands("Real estate")
    assert desk.run(stolen) == 0
    desk.must_be(desk.groups("stolen.json"), "listings/portal", "listings/verified")
    assert desk.run(double) == 0
    found = desk.groups("double.json")
    assert found
    for group in found:
        assert {path.split("/")[1] for path in group} == {"portal-a", "portal-b"}
        assert len({desk.family.get(path, path) for path in group}) == 1
    assert desk.run(folders) == 0
    both = json.loads((desk.folder / "portals.json").read_text("utf-8"))["in_both"]
    pairs = {tuple(desk.family[desk.name(row[side])] for side in ("path", "match")) for row in both}
    assert pairs
    assert all(one == other for one, other in pairs)


def test_asset_libraries_link_versions_and_take_it_back(desk):
    scan, plan, apply, undo = commands("Asset libraries")
    policy = re.search(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]
    (desk.folder / "newest-version.json").write_text(policy)
    assert desk.run(scan) == 0
    desk.must_be(desk.groups("versions.json"), "brand/", "brand/")
    before = desk.fields()
    assert desk.run(plan) == 0
    assert desk.run(apply) == 0
    after = desk.fields()
    ids = {image_id: name for name, (image_id, _) in after.items()}
    linked = {name: ids[f["duplicate_of"]] for name, (_, f) in after.items() if "duplicate_of" in f}
    assert len(linked) >= 8
    for name, keeper in linked.items():
        assert desk.family[name] == desk.family[keeper]
        assert after[keeper][1]["version"] >= after[name][1]["version"]
    assert desk.run(undo) == 0
    assert desk.fields() == before


def test_watching_looks_once_and_ends(desk, capsys):
    (look,) = commands("Watch")
    assert desk.run(look) == 0
    assert capsys.readouterr().out.endswith("Nothing new.\n")


def test_a_gate_adds_what_is_new_and_nothing_twice(desk, capsys):
    (check,) = commands("Keep it clean")
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    copy = next(o for o in desk.truth if o.path.startswith("uploads/") and o.closeness is Closeness.EXACT)
    (inbox / "known.jpg").write_bytes((desk.pictures / copy.path).read_bytes())
    (inbox / "new.png").write_bytes(as_file(scene(77)))
    (inbox / "new, smaller.png").write_bytes(as_file(smaller(scene(77))))
    assert desk.run(check) == 4
    assert "added 1;" in capsys.readouterr().out
    assert desk.run(check) == 4
    assert "added" not in capsys.readouterr().out
