"""Whether two candidates are duplicates: registered, compared pixel by pixel, scored and explained."""

VERSION = 9
"""Counts changes of what a pair scores and what is told of it: scans of another version are not extended."""
