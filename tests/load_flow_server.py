"""Measure the Flow server under load: `python -m tests.load_flow_server --images DIR`.

Not a test: it prints figures. A server process over an embedded collection of the images in DIR is asked by
many clients at once, then scanned by one client with 4 workers. Exit code 1 where any answer was an error.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from dupedash.embedded.collection import EmbeddedCollection
from dupedash.errors import DupedashError
from dupedash.flow.client import FlowCollection, flow_settings
from dupedash.model import ByData, ById, Document, DuplicateQuery
from dupedash.scan import run_scan
from dupedash.scans import ScanConfig, ScanStore

SERVE = """
import sys
from pathlib import Path
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.flow.server import serve
serve(EmbeddedCollection(Path(sys.argv[1])), port=0, name="c", started=lambda url: print(url, flush=True))
"""


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


class Load:
    """Clients that ask without pause until the time is over."""

    def __init__(self, url: str, ids: list[str], pictures: list[bytes]) -> None:
        self.url, self.ids, self.pictures = url, ids, pictures
        self.times: dict[str, list[float]] = {}
        self.errors: list[str] = []

    def client(self, number: int, until: float) -> None:
        chance = random.Random(number)
        collection = FlowCollection(replace(flow_settings(self.url), retries=0, workers=1))
        while time.monotonic() < until:
            kind = chance.choices(["duplicate", "upload", "select", "count"], [80, 2, 9, 9])[0]
            began = time.monotonic()
            try:
                self.ask(collection, kind, chance)
            except DupedashError as error:
                self.errors.append(str(error))
            self.times.setdefault(kind, []).append(time.monotonic() - began)
        collection.close()

    def ask(self, collection: FlowCollection, kind: str, chance: random.Random) -> None:
        if kind == "duplicate":
            collection.duplicates(ById(chance.choice(self.ids)), DuplicateQuery())
        elif kind == "upload":
            collection.duplicates(ByData(chance.choice(self.pictures)), DuplicateQuery())
        elif kind == "select":
            collection.records(chance.sample(self.ids, 20))
        else:
            collection.count(["width:[100 TO *]"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=1562)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    files = sorted(args.images.iterdir())[: args.limit]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "collection"
        collection = EmbeddedCollection(home)
        failures = collection.add(Document(path.name, str(path)) for path in files)
        collection.commit()
        ids = collection.ids()
        collection.close()
        print(f"{len(ids)} images, {len(failures)} not readable", flush=True)
        command = [sys.executable, "-c", SERVE, str(home)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            url = server.stdout.readline().strip()
            try:
                scan(url, Path(folder))
                return load(url, server.pid, ids, [path.read_bytes() for path in files[:50]], args)
            finally:
                server.terminate()


def scan(url: str, folder: Path) -> None:
    collection = FlowCollection(flow_settings(url))
    began = time.monotonic()
    done = run_scan(collection, ScanConfig(), ScanStore(folder / "scans"), workers=4)
    seconds = time.monotonic() - began
    rate = done.stats.searched / seconds
    print(
        f"scan through HTTP: {done.stats.searched} images in {seconds:.1f} s, {rate:.1f} scans/s", flush=True
    )


def load(url: str, pid: int, ids: list[str], pictures: list[bytes], args: argparse.Namespace) -> int:
    """Exit code."""
    running = Load(url, ids, pictures)
    until = time.monotonic() + args.seconds
    threads = [threading.Thread(target=running.client, args=(n, until)) for n in range(args.clients)]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        print(f"memory of the server: {memory(pid):.0f} MB", flush=True)
        time.sleep(args.seconds / 6)
    for thread in threads:
        thread.join()
    every = [t for times in running.times.values() for t in times]
    print(f"memory at the end: {memory(pid):.0f} MB")
    rate, errors = len(every) / args.seconds, len(running.errors)
    print(f"{args.clients} clients, {len(every)} requests, {rate:.0f}/s, {errors} errors")
    for kind, times in [*sorted(running.times.items()), ("all", every)]:
        p50, p99 = np.percentile(times, [50, 99])
        print(f"{kind:10} {len(times):6}  p50 {p50 * 1000:7.1f} ms  p99 {p99 * 1000:7.1f} ms")
    print(*running.errors[:5], sep="\n")
    return bool(running.errors)


if __name__ == "__main__":
    sys.exit(main())
