"""The example collection: about 300 images, with known duplicates among them."""

from __future__ import annotations

from dupedash.example.changes import Closeness, CopyKind
from dupedash.example.fields import FIELDS
from dupedash.example.make import make
from dupedash.example.manifest import ExampleFile, ExampleManifest, Truth, read, truth

__all__ = [
    "FIELDS", "Closeness", "CopyKind", "ExampleFile", "ExampleManifest", "Truth", "make", "read", "truth",
]  # fmt: skip
