"""Find, judge and clear duplicate images."""

__version__ = "0.1.0"
