"""Our figures on this machine, on pictures drawn for it: `python -m dupedash bench`."""

from dupedash.bench.measure import BenchFigures, SizeFigures, run_bench

__all__ = ["BenchFigures", "SizeFigures", "run_bench"]
