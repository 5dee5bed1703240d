"""Pictures into files: kept ones and changed ones, encoded by the name's ending, put in place in one step."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from dupedash.example.changes import CopyKind, Writing, changed
from dupedash.example.plan import Copy, seed
from dupedash.images import decode

PICTURES = Path(__file__).parent / "pictures"
# One thread, because several may cut an AVIF differently from run to run.
_AVIF = {"speed": 8, "max_threads": 1}


def encoded(picture: Image.Image, name: str, writing: Writing) -> bytes:
    """The bytes of a file of that name."""
    buffer = BytesIO()
    match Path(name).suffix:
        case ".jpg":
            picture.save(buffer, "JPEG", quality=writing.quality, optimize=True, exif=_exif(writing))
        case ".webp":
            picture.save(buffer, "WEBP", quality=writing.quality, method=2)
        case ".avif":
            picture.save(buffer, "AVIF", quality=writing.quality, **_AVIF)
        case ".tiff":
            picture.save(buffer, "TIFF", compression="tiff_adobe_deflate")
        case ".gif":
            picture.quantize(256, Image.Quantize.MEDIANCUT).save(buffer, "GIF")
        case suffix:
            picture.save(buffer, {".png": "PNG", ".bmp": "BMP"}[suffix])
    return buffer.getvalue()


def _exif(writing: Writing) -> bytes:
    if writing.orientation == 1:
        return b""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = writing.orientation
    return exif.tobytes()


def original_bytes(path: str) -> bytes:
    """The file of the original `path`: kept as it is, with its EXIF data, or else as a WebP."""
    kept = PICTURES / path
    if kept.exists():
        return kept.read_bytes()
    return encoded(_pixels(kept.with_suffix(".webp").read_bytes()), path, Writing(quality=84))


def _pixels(content: bytes) -> Image.Image:
    return Image.fromarray(decode(content).pixels)


def copy_bytes(copy: Copy, original: bytes) -> bytes:
    """The file of a copy, made from the original's file as anybody would make it."""
    if copy.kind is CopyKind.IDENTICAL:
        return original
    result, writing = changed(copy.kind, _pixels(original), np.random.default_rng(seed(copy.path)))
    return encoded(result, copy.path, writing)


def flat_bytes(path: str) -> bytes:
    """One colour all over: nothing to compare."""
    return encoded(Image.new("RGB", (800, 600), (214, 205, 190)), path, Writing())


def broken_bytes(path: str) -> bytes:
    """A JPEG of which the second half is missing."""
    whole = original_bytes(path)
    return whole[: len(whole) * 2 // 5]


def put(path: Path, content: bytes) -> None:
    """There wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
