"""Run one scan: every match of a collection down to the floor, stored; cached, resumable, incremental."""

from dupedash.scan.run import run_scan

__all__ = ["run_scan"]
