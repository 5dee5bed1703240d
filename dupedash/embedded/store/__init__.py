"""The truth of a collection: one SQLite file, its tables, and the search arrays derived from it."""

from dupedash.embedded.store.store import Store

__all__ = ["Store"]
