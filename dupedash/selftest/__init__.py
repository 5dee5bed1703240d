"""The engine tried on the user's own images: copies of which all is known, made in memory and looked up."""

from dupedash.selftest.result import SelfTest, Trial, mean_score
from dupedash.selftest.run import IMAGES, run_selftest
from dupedash.selftest.store import keep, kept

__all__ = ["IMAGES", "SelfTest", "Trial", "keep", "kept", "mean_score", "run_selftest"]
