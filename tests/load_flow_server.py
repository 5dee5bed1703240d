"""Measure the Flow server under load: `python -m tests.load_flow_server --images DIR`.

Not a test: it prints figures. `dupedash serve` over an embedded collection of the images in DIR is scanned by
one client, then asked by many at once. It tells the rate, the median and the 99th percentile of the times,
the errors, the memory of each of its processes and the CPU time that a request cost. Exit code 1 where any
answer was an error.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from dupedash.config import Workspace
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.files.update import index
from dupedash.errors import DupedashError
from dupedash.flow.client import FlowCollection, flow_settings
from dupedash.model import ByData, ById, DuplicateQuery
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan

NAME = "load"
SCANNERS = 8
LOOKS = 6


def processes(pid: int) -> list[psutil.Process]:
    """The server first, then the processes that search."""
    server = psutil.Process(pid)
    return [server, *sorted(server.children(recursive=True), key=lambda process: process.pid)]


def memory(pid: int) -> str:
    """Of each process in MB, without the pages of mapped files, which the system takes back as it likes."""
    sizes = [process.memory_info() for process in processes(pid)]
    return " + ".join(f"{(size.rss - size.shared) / 2**20:.1f}" for size in sizes) + " MB"


def cpu(pid: int) -> float:
    """Seconds that all the processes used."""
    times = [process.cpu_times() for process in processes(pid)]
    return sum(t.user + t.system for t in times)


class Load:
    """Clients that ask without pause until the time is over."""

    def __init__(self, url: str, ids: list[str], pictures: list[bytes]) -> None:
        self.url, self.ids, self.pictures = url, ids, pictures
        self.times: defaultdict[str, list[float]] = defaultdict(list)
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
            self.times[kind].append(time.monotonic() - began)
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
        workspace = Workspace(Path(folder))
        collection = EmbeddedCollection(workspace.collection(NAME), NAME)
        report = index(collection.store, files)
        ids = collection.ids()
        collection.close()
        print(f"{len(ids)} images, {len(report.unreadable)} not readable", flush=True)
        command = [
            sys.executable,
            "-m",
            "dupedash",
            "--data",
            folder,
            "--collection",
            NAME,
            "serve",
            "--port",
            "0",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            url = server.stdout.readline().split()[1]
            try:
                scan(url, server.pid, workspace)
                return load(url, server.pid, ids, [path.read_bytes() for path in files[:50]], args)
            finally:
                server.terminate()


def scan(url: str, pid: int, workspace: Workspace) -> None:
    collection = FlowCollection(flow_settings(url))
    began, used, own = time.monotonic(), cpu(pid), time.process_time()
    done = run_scan(collection, ScanConfig(), ScanStore(workspace.scans), workers=SCANNERS)
    seconds, images = time.monotonic() - began, done.stats.images
    collection.close()
    served, asked = (
        (now - then) / images * 1000 for now, then in ((cpu(pid), used), (time.process_time(), own))
    )
    print(f"scan through HTTP: {images} images in {seconds:.1f} s = {images / seconds:.1f} scans/s")
    print(f"CPU time of a scan: server {served:.1f} ms, client {asked:.1f} ms", flush=True)


def load(url: str, pid: int, ids: list[str], pictures: list[bytes], args: argparse.Namespace) -> int:
    """Exit code."""
    running = Load(url, ids, pictures)
    print(f"memory after the scan: {memory(pid)}")
    used, until = cpu(pid), time.monotonic() + args.seconds
    threads = [threading.Thread(target=running.client, args=(n, until)) for n in range(args.clients)]
    for thread in threads:
        thread.start()
    for look in range(LOOKS):
        time.sleep(max(0.0, until - args.seconds * (LOOKS - 1 - look) / LOOKS - time.monotonic()))
        print(f"memory after {args.seconds * (look + 1) / LOOKS:.0f} s: {memory(pid)}", flush=True)
    for thread in threads:
        thread.join()
    every = [t for times in running.times.values() for t in times]
    rate, errors, cost = len(every) / args.seconds, len(running.errors), (cpu(pid) - used) / len(every) * 1000
    print(f"{args.clients} clients, {len(every)} requests, {rate:.0f}/s, {errors} errors, {cost:.1f} ms CPU")
    for kind, times in [*sorted(running.times.items()), ("all", every)]:
        p50, p99 = np.percentile(times, [50, 99])
        print(f"{kind:10} {len(times):6}  p50 {p50 * 1000:7.1f} ms  p99 {p99 * 1000:7.1f} ms")
    print(*running.errors[:5], sep="\n")
    return bool(running.errors)


if __name__ == "__main__":
    sys.exit(main())
