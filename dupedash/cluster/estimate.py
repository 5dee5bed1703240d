"""What a scan will cost, from what scans cost that were measured: docs/scale.md has the runs."""

from __future__ import annotations

from dataclasses import dataclass

from dupedash import wording

DESCRIBE = 0.020
"""Processor seconds of describing an image of 0.3 megapixels: 12.5 and 19.4 ms in two runs, 22 ms in one with
all that the processes did beside it; larger ones take longer to decode."""
REST = 0.020
"""Processor seconds of everything else, an image, of all processes: 26 ms in a run of 10,000, 14 ms in one of
30,000, 10 ms in one of 100,000. Most of it compares candidates, and depends on how many copies there are."""
SHUFFLED = 107_000
"""Bytes that an image sends from task to task: so many in a run of 10,000, 94,000 in one of 30,000, 98,000 in
one of 100,000."""
KEPT = 42_000
"""Bytes of its description and thumbnail, which stay."""
WORKED = 90_000
"""Bytes of what the stages write, and of what waits at the workers to be sent; they go when it ends. 24,000
and 60,000 at the most in a run of 30,000, 70,000 at the most in one of 100,000."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of a scan: processor hours, seconds on so many workers, and bytes."""

    images: int
    workers: int

    @property
    def hours(self) -> float:
        """Of processor time, all images described anew."""
        return self.images * (DESCRIBE + REST) / 3600

    @property
    def seconds(self) -> float:
        """On these workers, one processor each."""
        return self.hours * 3600 / max(1, self.workers)

    @property
    def shuffled(self) -> int:
        """Bytes sent from task to task."""
        return self.images * SHUFFLED

    @property
    def kept(self) -> int:
        """Bytes that stay."""
        return self.images * KEPT

    @property
    def disk(self) -> int:
        """Bytes at the most, while it runs."""
        return self.images * (KEPT + WORKED)

    def words(self) -> str:
        """In a line."""
        workers, time = wording.plural(self.workers, "worker"), wording.duration(self.seconds)
        sent, disk, kept = (wording.size(size) for size in (self.shuffled, self.disk, self.kept))
        return (
            f"{self.images:,} images on {workers}: about {self.hours:.2g} processor hours ({time}), {sent} "
            f"through the shuffle, {disk} of disk, {kept} of which stay. What is described already is not "
            "described again."
        )
