"""What is found out about a picture once, and serves the index, a check and another collection alike."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from dupedash import images
from dupedash.embedded.describe import descriptor as describe
from dupedash.embedded.describe.soundness import check_thumbs, sound
from dupedash.errors import ConfigError, UnreadableImage
from dupedash.images.encode import THUMBNAIL_TYPE, thumbnail_type
from dupedash.images.files import checked, printable
from dupedash.images.frames import MOST_FRAMES

LONG_SIDE = 800
"""Pictures are brought to this size before they are described: twice what the keypoints need."""

UNREAD = "cannot be read: "
"""So the reason begins for which a file is compared by its bytes only."""

_TRY_AGAIN = 0  # no version of a description
_LONGEST_ENDING = 10  # characters that are told of a file name's ending
_LONGEST_REASON = 1000  # characters; ours have a line
_LARGEST_FILE = 1 << 60  # bytes; no file system of today holds a larger one
_KIND = "dupedash"
_LONGEST = 1_200_000  # bytes of a descriptor or thumbnail; ours have 20,000 or so, with 16 frames 300,000
_LONGEST_NAME = 200  # characters; maker and model of a camera have 161 at most


@dataclass(frozen=True, slots=True)
class Analysis:
    """One picture: its file's facts, its fingerprint (see `describe`) and its thumbnail (JPEG).

    damage    what is wrong with a file that is compared all the same, or None
    skipped   why it cannot be compared, or None
    version   of the description
    frame_count  of an animation, pages of a document, or views of a file of several lenses
    video     a short video follows the picture in the file

    What cannot be read as a picture has no width and height (0), pixels, descriptor and thumbnail: of it only
    `content` is compared.
    """

    width: int
    height: int
    size: int
    format: str
    content: str
    pixels: str | None
    taken: datetime | None
    camera: str | None
    damage: str | None
    skipped: str | None
    version: int
    descriptor: bytes
    thumbnail: bytes
    frame_count: int = 1
    video: bool = False

    @property
    def readable(self) -> bool:
        """Whether it is a picture that could be read."""
        return self.width > 0


def analyze(source: Path | bytes, limits: images.Limits = images.LIMITS, name: str = "upload") -> Analysis:
    """Read and describe one picture; a file is read once. Raises UnreadableImage."""
    if isinstance(source, Path):
        name = printable(source)
    if reason := images.not_decoded(name):
        raise UnreadableImage(name, reason)
    data = images.read_file(source, limits) if isinstance(source, Path) else checked(source, name, limits)
    picture = images.decode(data, long_side=LONG_SIDE, lengthen=True, limits=limits, hashed=True, name=name)
    described = describe.describe(
        picture.pixels, picture.beneath, picture.frames, picture.marks
    )  # fmt: skip
    return Analysis(
        width=picture.width,
        height=picture.height,
        size=len(data),
        format=picture.format,
        content=images.content_hash(data),
        pixels=picture.pixel_hash,
        taken=picture.exif.taken,
        camera=picture.exif.camera,
        damage=picture.damage,
        skipped=described.reason or None,
        version=describe.VERSION,
        descriptor=described.to_bytes(),
        thumbnail=images.thumbnail(picture.pixels),
        frame_count=picture.frame_count,
        video=picture.video,
    )


def of_bytes(name: str, reason: str, content: str, size: int, *, final: bool = True) -> Analysis:
    """What is known of a file that cannot be read as a picture, for `reason`.

    `final` False: another try may succeed, since not the file is to blame; the next `index` makes one.
    """
    return Analysis(
        width=0,
        height=0,
        size=size,
        format=PurePath(name).suffix[1:][:_LONGEST_ENDING].upper(),
        content=content,
        pixels=None,
        taken=None,
        camera=None,
        damage=None,
        skipped=f"{UNREAD}{reason}; compared by its bytes only",
        version=describe.VERSION if final else _TRY_AGAIN,
        descriptor=b"",
        thumbnail=b"",
    )


def to_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis as JSON: about 30 kB."""
    return {
        "kind": _KIND,
        "version": analysis.version,
        "width": analysis.width,
        "height": analysis.height,
        "bytes": analysis.size,
        "format": analysis.format,
        "content": analysis.content,
        "pixels": analysis.pixels,
        "taken": analysis.taken.isoformat() if analysis.taken else None,
        "camera": analysis.camera,
        "damage": analysis.damage,
        "frame_count": analysis.frame_count,
        "video": analysis.video,
        "descriptor": base64.b64encode(analysis.descriptor).decode(),
        "thumbnail": base64.b64encode(analysis.thumbnail).decode(),
        **({} if analysis.readable else {"unread": analysis.skipped}),
    }


def from_json(given: Any) -> Analysis:
    """What `to_json` made, after its way through other hands. Raises ConfigError for anything else."""
    if not isinstance(given, Mapping) or given.get("kind") != _KIND:
        raise ConfigError(
            "This is no analysis made by dupedash: analyze the image first and pass on the answer."
        )
    unread = given.get("unread") is not None
    if given.get("version") != describe.VERSION and not unread:
        raise ConfigError("This analysis was made by another version of dupedash: analyze the image again.")
    try:
        return _read_unread(given) if unread else _read(given)
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error) as error:
        raise ConfigError(f"This analysis is damaged ({error}): analyze the image again.") from error


def _read(given: Mapping[str, Any]) -> Analysis:
    descriptor, thumbnail = _data(given, "descriptor"), _data(given, "thumbnail")
    _check_thumbnail(thumbnail)
    width, height = _size(given)
    taken = given["taken"]
    return Analysis(
        width=width,
        height=height,
        size=_number(given, "bytes", images.LIMITS.max_bytes),
        format=_short(given["format"]),
        content=_digest(given["content"]),
        pixels=None if given["pixels"] is None else _digest(given["pixels"]),
        taken=None if taken is None else datetime.fromisoformat(taken).astimezone(UTC),
        camera=None if given["camera"] is None else _short(given["camera"]),
        damage=None if given.get("damage") is None else _short(given["damage"]),
        skipped=_descriptor(descriptor).reason or None,
        version=describe.VERSION,
        descriptor=descriptor,
        thumbnail=thumbnail,
        frame_count=_number(given, "frame_count", MOST_FRAMES) if "frame_count" in given else 1,
        video=given.get("video") is True,
    )


def _read_unread(given: Mapping[str, Any]) -> Analysis:
    """That of a file that could not be read as a picture."""
    skipped = given["unread"]
    if not isinstance(skipped, str) or not skipped.startswith(UNREAD) or len(skipped) > _LONGEST_REASON:
        raise ValueError("its reason is none")
    content, size = _digest(given["content"]), _number(given, "bytes", _LARGEST_FILE)
    made = of_bytes("", "", content, size, final=given.get("version") == describe.VERSION)
    return replace(made, format=_short(given["format"]), skipped=skipped)


def _descriptor(data: bytes) -> describe.Descriptor:
    """A descriptor that no later step will stumble over."""
    found = sound(data)
    check_thumbs(found)
    return found


def _check_thumbnail(data: bytes) -> None:
    """It is decoded here, by nobody else: browsers get it as it is."""
    if thumbnail_type(data) != THUMBNAIL_TYPE:
        raise ValueError(f"its thumbnail is no {THUMBNAIL_TYPE}")
    side = images.THUMBNAIL_SIDE
    try:
        images.decode(data, limits=images.Limits(max_pixels=side * side))
    except UnreadableImage as error:
        raise ValueError(f"its thumbnail cannot be used: {error.reason}") from error


def _data(given: Mapping[str, Any], name: str) -> bytes:
    text = given[name]
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise ValueError(f"its {name} is missing or too long")
    return base64.b64decode(text, validate=True)


def _number(given: Mapping[str, Any], name: str, most: int) -> int:
    value = given[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise ValueError(f"its {name} is no size")
    return value


def _size(given: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height of a picture that we would have read."""
    most = images.LIMITS.max_pixels
    width, height = _number(given, "width", most), _number(given, "height", most)
    if width * height > most:
        raise ValueError("its picture is larger than those that are read")
    return width, height


def _digest(text: Any) -> str:
    if not isinstance(text, str) or len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise ValueError("a hash is none")
    return text


def _short(text: Any) -> str:
    if not isinstance(text, str) or len(text) > _LONGEST_NAME:
        raise ValueError("a name is too long")
    text.encode()  # half a surrogate pair cannot be stored
    return text
