"""Pictures into files: drawn or changed, encoded by the name's ending, and put in place in one step."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from dupedash.example.changes import Kind, Writing, changed
from dupedash.example.drawings.canvas import Canvas
from dupedash.example.plan import Copy, Original, seed
from dupedash.example.subjects import SUBJECTS

# One thread, because several may cut an AVIF differently from run to run.
_AVIF = {"speed": 8, "max_threads": 1}


def drawn(original: Original) -> Image.Image:
    """The picture itself."""
    subject = SUBJECTS[original.drawing]
    canvas = Canvas(original.width, original.height, original.seed)
    subject.draw(canvas, **original.options)
    return canvas.finished(grain=subject.finish.grain, vignette=subject.finish.vignette)


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


def original_bytes(original: Original) -> bytes:
    """The file of an original."""
    return encoded(drawn(original), original.path, Writing(quality=84))


def copy_bytes(copy: Copy, original: bytes) -> bytes:
    """The file of a copy, made from the original's file as anybody would make it."""
    if copy.kind is Kind.IDENTICAL:
        return original
    picture = Image.open(BytesIO(original)).convert("RGB")
    result, writing = changed(copy.kind, picture, np.random.default_rng(seed(copy.path)))
    return encoded(result, copy.path, writing)


def flat_bytes(path: str) -> bytes:
    """One colour all over: nothing to compare."""
    return encoded(Image.new("RGB", (800, 600), (214, 205, 190)), path, Writing())


def broken_bytes(path: str) -> bytes:
    """A JPEG of which the second half is missing."""
    whole = original_bytes(Original(path, "winter", 720, 480, {"mood": "rose"}, (), None))
    return whole[: len(whole) * 2 // 5]


def put(path: Path, content: bytes) -> None:
    """There wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
