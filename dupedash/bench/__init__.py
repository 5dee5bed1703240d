"""Our figures on this machine, on pictures drawn for it: `python -m dupedash bench`."""

from dupedash.bench.browser import BrowserFigures, run_browser_bench
from dupedash.bench.measure import BenchFigures, SizeFigures, run_bench

__all__ = ["BenchFigures", "BrowserFigures", "SizeFigures", "run_bench", "run_browser_bench"]
