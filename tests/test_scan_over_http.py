"""A scan of a Flow server finds what a scan in process finds, and says what it could not ask."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dupedash.errors import CollectionError, Unreachable
from dupedash.flow.client import FlowCollection, flow_settings
from dupedash.flow.server import create_app
from dupedash.model import Document, ScanMode
from dupedash.scans import ScanConfig, ScanStatus, ScanStore, StoredScan
from dupedash.scans.questions import PART_IMAGES
from dupedash.scans.run import run_scan
from dupedash.scans.tables.parts import part_files, read_account
from dupedash.scans.writer import PARTS
from tests.backends import embedded
from tests.fakes import FakeCollection
from tests.faulty_proxy import Fault, FaultyProxy, faulty_proxy
from tests.pictures import as_file, brighter, scene, smaller
from tests.serving import serving

SECONDS = 120
GROUPS, COPIES = 20, 3
IMAGES = GROUPS * COPIES


def analysis(chance: random.Random, ground: list[int], number: int) -> dict[str, Any]:
    """A copy of the ground that differs a little."""
    grid = [min(255, max(0, value + chance.randrange(-9, 10))) for value in ground]
    content = hashlib.sha256(str(number).encode()).hexdigest()
    return {"fake": grid, "width": 8, "height": 8, "bytes": 1, "format": "PNG", "content": content}


@pytest.fixture(scope="module")
def fake() -> FakeCollection:
    """20 groups of 3; every third image is new."""
    collection, chance = FakeCollection("c"), random.Random(5)
    for group in range(GROUPS):
        ground = [chance.randrange(256) for _ in range(192)]
        for copy in range(COPIES):
            number = group * COPIES + copy
            document = Document(
                f"{number:03d} &+?", f"/p/{number}.png", {"new": copy == 0}, analysis(chance, ground, number)
            )
            assert collection.add([document]) == []
    return collection


@pytest.fixture(scope="module")
def server(fake) -> Iterator[str]:
    with serving(create_app(fake, name="c")) as url:
        yield url


@pytest.fixture
def proxy(server) -> Iterator[FaultyProxy]:
    with faulty_proxy(server, delay=0.5) as running:
        yield running


@pytest.fixture
def store(tmp_path) -> ScanStore:
    return ScanStore(tmp_path / "scans")


@contextmanager
def flow(url: str, retries: int = 2, patience: float = 0.4) -> Iterator[FlowCollection]:
    settings = replace(flow_settings(url, "c"), retries=retries, pause=0.0001, read=patience, workers=4)
    client = FlowCollection(settings)
    yield client
    client.close()


def found(scan: StoredScan) -> set[tuple[str, str, float]]:
    m = scan.matches()
    return {(m.ids[a], m.ids[b], float(s)) for a, b, s in zip(m.a, m.b, m.score, strict=True)}


@pytest.fixture(scope="module")
def expected(fake, tmp_path_factory) -> set[tuple[str, str, float]]:
    pairs = found(run_scan(fake, ScanConfig(), ScanStore(tmp_path_factory.mktemp("scans"))))
    assert len(pairs) == GROUPS * 3
    return pairs


CONFIGS = [
    ScanConfig(),
    ScanConfig(ScanMode.SPEED, floor=0.9),
    ScanConfig(fq=("new:true",)),
    ScanConfig(fq=("new:true",), against=("new:false",)),
]


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
def test_a_scan_through_http_finds_what_a_scan_in_process_finds(fake, server, tmp_path, config):
    inside = run_scan(fake, config, ScanStore(tmp_path / "inside"))
    with flow(server) as client:
        outside = run_scan(client, config, ScanStore(tmp_path / "outside"))
        assert run_scan(client, config, ScanStore(tmp_path / "outside")).id == outside.id
    assert found(outside) == found(inside)
    assert outside.complete
    assert outside.stats.images == inside.stats.images


def test_the_embedded_engine_finds_the_same_asked_through_http_as_joined_in_process(tmp_path):
    pictures = {}
    for number in range(1, 5):
        picture = scene(number)
        pictures |= {f"{number}.png": picture, f"{number} small.png": smaller(picture)}
        pictures |= {f"{number} bright.png": brighter(picture)} if number < 3 else {}
    for name, picture in pictures.items():
        (tmp_path / name).write_bytes(as_file(picture))
    with embedded(tmp_path) as collection:
        documents = [Document(name, str(tmp_path / name), {"new": "small" in name}) for name in pictures]
        assert collection.add(documents) == []
        collection.commit()
        for config in CONFIGS:
            inside = run_scan(collection, config, ScanStore(tmp_path / "inside"))
            with serving(create_app(collection, name="c")) as url, flow(url, patience=20.0) as client:
                outside = run_scan(client, config, ScanStore(tmp_path / "outside"))
            assert found(outside) == found(inside)
            assert outside.complete


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_now_and_then_costs_no_match(proxy, store, expected, fault):
    proxy.some(0.1, seed=1)
    spoil = proxy.choose
    proxy.choose = lambda line: fault if spoil(line) else None
    with flow(proxy.url, retries=5) as client:
        scan = run_scan(client, ScanConfig(), store)
    assert scan.complete
    assert found(scan) == expected


@pytest.mark.parametrize("seed", range(5))
def test_what_could_not_be_asked_is_said_and_asked_the_next_time(proxy, store, expected, seed):
    with flow(proxy.url, retries=0, patience=2.0) as client:  # a busy machine is no fault
        proxy.delay = 2.5
        proxy.some(0.5, seed, only="/duplicate")
        scan = run_scan(client, ScanConfig(), store)
        lost = expected - found(scan)
        unasked = {failure.what for failure in scan.failures}
        assert scan.stats.unasked == len(unasked)
        assert scan.complete == (not unasked)
        assert all({a, b} <= unasked for a, b, _ in lost)
        proxy.first()
        again = run_scan(client, ScanConfig(), store)
    assert again.complete
    assert found(again) == expected


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.HTML_502, Fault.HALF_JSON, Fault.BUSY_429, Fault.HTML])
def test_an_outage_ends_the_scan_with_a_message_and_the_next_run_goes_on(proxy, store, expected, fault):
    left = IMAGES // 2

    def choose(line: str) -> Fault | None:
        nonlocal left
        left -= "/duplicate" in line
        return fault if left < 0 else None

    proxy.choose = choose
    with flow(proxy.url, retries=0) as client:
        with pytest.raises(CollectionError):
            run_scan(client, ScanConfig(), store)
        (stopped,) = store.list()
        assert stopped.status is ScanStatus.STOPPED
        assert "scan again to go on" in stopped.message
        proxy.first()
        proxy.requests.clear()
        whole = run_scan(client, ScanConfig(), store)
    assert whole.id == stopped.id
    assert whole.complete
    assert found(whole) == expected
    asked = [line for line in proxy.requests if "/duplicate" in line]
    assert len(asked) <= IMAGES - IMAGES // 2 + 8  # what was answered is not asked again


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.DELAY])
def test_a_server_that_cannot_be_asked_has_no_scan_without_duplicates(proxy, store, fault):
    proxy.always(fault)
    with flow(proxy.url, retries=1) as client, pytest.raises(CollectionError):
        run_scan(client, ScanConfig(), store)
    assert not any(scan.complete for scan in store.list())


def test_a_server_that_only_fails_to_search_has_none_either(proxy, store):
    proxy.always(Fault.ERROR_500, only="/duplicate")
    with flow(proxy.url, retries=0) as client:
        scan = run_scan(client, ScanConfig(), store)
    assert not scan.complete
    assert scan.stats.unasked == IMAGES
    assert "could not be asked" in scan.message


def test_a_scan_stops_when_asked_and_goes_on_later(server, store, expected):
    looks = iter(range(1000))
    with flow(server) as client:
        stopped = run_scan(client, ScanConfig(), store, cancelled=lambda: next(looks) > 15)
        assert stopped.status is ScanStatus.STOPPED
        whole = run_scan(client, ScanConfig(), store)
    assert (whole.id, whole.complete, found(whole)) == (stopped.id, True, expected)


def test_nobody_there_is_told_before_anything_is_stored(store):
    with flow("http://127.0.0.1:9", retries=0) as client, pytest.raises(Unreachable):
        run_scan(client, ScanConfig(), store)
    assert store.list() == []


def asked_about(line: str) -> str:
    """The image in the line of a request."""
    return parse_qs(urlsplit(line.split()[1]).query)["rank.by.id"][0]


def test_a_killed_scan_goes_on_and_asks_nothing_again_that_was_stored(tmp_path):
    collection, chance = FakeCollection("c"), random.Random(6)
    names = [f"{number:03d}" for number in range(2 * PART_IMAGES + 60)]
    grounds = [[chance.randrange(256) for _ in range(192)] for _ in names[::2]]
    documents = [
        Document(name, f"/p/{name}.png", analysis=analysis(chance, grounds[number // 2], number))
        for number, name in enumerate(names)
    ]
    assert collection.add(documents) == []
    whole = run_scan(collection, ScanConfig(), ScanStore(tmp_path / "whole"))
    asked: list[str] = []
    reached, never = threading.Event(), threading.Event()

    def choose(line: str) -> Fault | None:
        if "/duplicate" in line:
            asked.append(asked_about(line))
            if len(asked) >= 2 * PART_IMAGES + 45:  # more than what is under way at a time
                reached.set()
                never.wait(SECONDS)
        return None

    def command(url: str) -> list[str]:
        python = [sys.executable, "-m", "dupedash", "--data", str(tmp_path / "data")]
        return [*python, "--url", f"{url}/api/cores/c", "scan"]

    with serving(create_app(collection, name="c")) as url, faulty_proxy(url) as proxy:
        proxy.choose = choose
        with subprocess.Popen(command(proxy.url), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert reached.wait(SECONDS)
            process.kill()
        proxy.choose = lambda _line: None
        never.set()
        (killed,) = ScanStore(tmp_path / "data" / "scans").list()
        accounts = map(read_account, part_files(killed.folder / PARTS))
        stored = {name for account in accounts for name in account.asked}
        assert len(stored) > PART_IMAGES
        proxy.requests.clear()
        subprocess.run(command(proxy.url), check=True, capture_output=True, timeout=SECONDS)
        again = [asked_about(line) for line in proxy.requests if "/duplicate" in line]
    (scan,) = ScanStore(tmp_path / "data" / "scans").list()
    assert scan.complete
    assert found(scan) == found(whole)
    assert sorted(again) == sorted(set(names) - stored)


def test_a_scan_of_what_is_older_than_now_is_not_the_scan_of_a_moment_ago(store):
    collection, chance = FakeCollection("c"), random.Random(7)
    ground = [chance.randrange(256) for _ in range(192)]
    soon = datetime.now(UTC) + timedelta(seconds=0.7)
    for number, date in enumerate((soon - timedelta(days=1), soon - timedelta(days=2), soon)):
        document = Document(str(number), f"/p/{number}.png", {"date": date}, analysis(chance, ground, number))
        assert collection.add([document]) == []
    config = ScanConfig(fq=("date:[* TO NOW]",))
    with (
        serving(create_app(collection, name="c")) as url,
        faulty_proxy(url) as proxy,
        flow(proxy.url) as client,
    ):
        first = run_scan(client, config, store)
        assert (first.stats.images, len(found(first))) == (2, 1)
        while collection.count(config.fq) < 3:
            time.sleep(0.02)
        second = run_scan(client, config, store)
        assert (second.stats.images, len(found(second))) == (3, 3)
        assert run_scan(client, config, store).id == second.id
        asked = [line for line in proxy.requests if "/duplicate" in line]
    assert len(asked) == 5
    assert not any("NOW" in line for line in asked), "while a scan runs its filters find the same"


@pytest.mark.parametrize(
    "spelling", ["api/cores/c", "api/collections/c", "api/c/c", "solr/c", "solr/#/c/core-overview"]
)
def test_every_spelling_of_solr_and_solrcloud_leads_to_the_same_scan(server, store, expected, spelling):
    through = FlowCollection(flow_settings(f"{server.partition('/api/')[0]}/{spelling}"))
    assert found(run_scan(through, ScanConfig(), store)) == expected
    through.close()
