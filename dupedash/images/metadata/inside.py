"""The XMP packet within a picture file, and the same file with another packet: all its other bytes stay.

JPEG, PNG and WebP, by Adobe's *XMP Specification Part 3: Storage in Files* (2020). Pixels are neither decoded
nor encoded. A file whose parts do not lie as these formats say, or whose packet is in several parts, is
refused rather than rearranged. No library does that for us: pyexiv2 is under the GPL and writes all metadata
of a file anew, exiftool is a program that every user would have to install.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from zlib import crc32

FORMATS = frozenset({"JPEG", "PNG", "WEBP"})
"""Their names in `formats`."""
_XMP, _MORE_XMP = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_EXIF, _PICTURES, _PICTURES_TAG = b"Exif\0", b"MPF\0", 0xB002
_APP0, _APP1, _APP2, _SCAN = 0xE0, 0xE1, 0xE2, 0xDA
_LARGEST = 65_533 - len(_XMP)
"""Bytes of a packet in a JPEG: its segment counts its length in two bytes."""
_PNG, _PNG_XMP = b"\x89PNG\r\n\x1a\n", b"XML:com.adobe.xmp\0"
_PLAIN = b"\0\0\0\0"
"""In a PNG: not compressed, no language, no translated keyword."""
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
"""Flags of a WebP's VP8X chunk."""


class NoPlace(ValueError):
    """Into this file no packet can be written; with the reason."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment or chunk: `data[start:end]`, whose payload is `data[body:tail]`."""

    kind: int | bytes
    start: int
    body: int
    tail: int
    end: int


@dataclass(frozen=True, slots=True)
class _Where:
    """Where the packet lies, wrapped; where there is none, `packet` is None and start == end."""

    start: int
    end: int
    packet: bytes | None


def packet_in(data: bytes) -> bytes | None:
    """The packet of a JPEG, PNG or WebP. Raises NoPlace."""
    return _where(data).packet


def with_packet(data: bytes, packet: bytes) -> bytes:
    """The same file with this packet. Raises NoPlace."""
    where = _where(data)
    wrapped = _wrapped(data, packet)
    new = data[: where.start] + wrapped + data[where.end :]
    if data.startswith(b"RIFF"):
        return _webp_with_flag(new)
    if data.startswith(b"\xff\xd8"):
        return _with_length(new, len(new) - len(data))
    return new


def _where(data: bytes) -> _Where:
    if data.startswith(b"\xff\xd8"):
        return _in_jpeg(data)
    if data.startswith(_PNG):
        return _in_png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _in_webp(data)
    raise NoPlace("it is no JPEG, PNG or WebP")


def _wrapped(data: bytes, packet: bytes) -> bytes:
    """The packet as a part of such a file. Raises NoPlace."""
    if data.startswith(_PNG):
        body = b"iTXt" + _PNG_XMP + _PLAIN + packet
        return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", crc32(body))
    if data.startswith(b"RIFF"):
        return b"XMP " + struct.pack("<I", len(packet)) + packet + b"\0" * (len(packet) % 2)
    if len(packet) > _LARGEST:
        raise NoPlace("its XMP would take more than the 64 KB that a JPEG holds")
    return b"\xff\xe1" + struct.pack(">H", 2 + len(_XMP) + len(packet)) + _XMP + packet


def _one(found: list[_Where], otherwise: int) -> _Where:
    if len(found) > 1:
        raise NoPlace("it has several XMP packets")
    return found[0] if found else _Where(otherwise, otherwise, None)


def _in_jpeg(data: bytes) -> _Where:
    parts = list(_segments(data))
    app1 = [part for part in parts if part.kind == _APP1]
    if any(data.startswith(_MORE_XMP, part.body) for part in app1):
        raise NoPlace("its XMP is too long for one segment")
    found = [
        _Where(part.start, part.end, data[part.body + len(_XMP) : part.tail])
        for part in app1
        if data.startswith(_XMP, part.body)
    ]
    # JFIF comes first and EXIF next, say both; ahead of a table of pictures, which counts from itself.
    first = list(takewhile(lambda part: _is_first(data, part), parts))
    where = _one(found, first[-1].end if first else 2)
    if any(_is_table(data, part) and part.start < where.start for part in parts):
        raise NoPlace("its XMP stands behind a table of more pictures in it, which would not be found")
    return where


def _segments(data: bytes) -> Iterator[_Part]:
    """Those in front of the picture itself."""
    at = 2
    while True:
        start = at
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        head = data[at : at + 4]
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0, *range(0xD0, 0xDA)):
            raise NoPlace("its segments are damaged")
        end = at + 2 + int.from_bytes(head[2:], "big")
        if head[1] == _SCAN:
            return
        yield _Part(head[1], start, at + 4, end, end)
        at = end


def _is_first(data: bytes, part: _Part) -> bool:
    return part.kind == _APP0 or (part.kind == _APP1 and data.startswith(_EXIF, part.body))


def _is_table(data: bytes, part: _Part) -> bool:
    return part.kind == _APP2 and data.startswith(_PICTURES, part.body)


def _with_length(data: bytes, longer: int) -> bytes:
    """In a file of several pictures (CIPA DC-007) a table has the length of the first, which changed."""
    new = bytearray(data)
    try:
        for part in _segments(data):
            if _is_table(data, part):
                order, at = _length_at(data, part.body + len(_PICTURES))
                (length,) = struct.unpack_from(order, data, at)
                struct.pack_into(order, new, at, length + longer)
    except (struct.error, StopIteration) as error:
        raise NoPlace("its table of more pictures is damaged") from error
    return bytes(new)


def _length_at(data: bytes, tiff: int) -> tuple[str, int]:
    """How and where the length of the first picture is written in a table that is laid out as a TIFF."""
    order = "<" if data[tiff : tiff + 2] == b"II" else ">"
    (ifd,) = struct.unpack_from(f"{order}I", data, tiff + 4)
    (count,) = struct.unpack_from(f"{order}H", data, tiff + ifd)
    rows = (struct.unpack_from(f"{order}HHII", data, tiff + ifd + 2 + 12 * row) for row in range(count))
    pictures = next(place for tag, _, _, place in rows if tag == _PICTURES_TAG)
    return f"{order}I", tiff + pictures + 4  # behind the attributes of the first


def _in_png(data: bytes) -> _Where:
    parts = list(_png_chunks(data))
    if not parts or parts[-1].kind != b"IEND" or parts[-1].end > len(data):
        raise NoPlace("its chunks are damaged")
    found = [
        _Where(part.start, part.end, _png_packet(data[part.body : part.tail]))
        for part in parts
        if part.kind == b"iTXt" and data.startswith(_PNG_XMP, part.body)
    ]
    head = next((part.end for part in parts if part.kind == b"IHDR"), None)
    if head is None:
        raise NoPlace("its chunks are damaged")
    return _one(found, head)


def _png_chunks(data: bytes) -> Iterator[_Part]:
    """Up to IEND; what follows it is nobody's."""
    at, kind = len(_PNG), b""
    while kind != b"IEND" and at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        yield _Part(kind, at, at + 8, at + 8 + size, at + 12 + size)
        at += 12 + size


def _png_packet(body: bytes) -> bytes:
    if not body.startswith(_PNG_XMP + _PLAIN):
        raise NoPlace("its XMP is compressed")
    return body[len(_PNG_XMP + _PLAIN) :]


def _in_webp(data: bytes) -> _Where:
    parts = list(_webp_chunks(data))
    if not parts or parts[-1].end != len(data) or _riff_size(data) != len(data) - 8:
        raise NoPlace("its chunks are damaged")
    found = [
        _Where(part.start, part.end, data[part.body : part.tail]) for part in parts if part.kind == b"XMP "
    ]
    return _one(found, len(data))


def _webp_chunks(data: bytes) -> Iterator[_Part]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield _Part(data[at : at + 4], at, at + 8, at + 8 + size, at + 8 + size + size % 2)
        at += 8 + size + size % 2


def _riff_size(data: bytes) -> int:
    return int.from_bytes(data[4:8], "little")


def _webp_with_flag(data: bytes) -> bytes:
    """Its first chunk says that there is a packet, and its head how long it all is."""
    first = next(_webp_chunks(data))
    if first.kind == b"VP8X":
        flags = bytes([data[first.body] | _HAS_XMP])
        rest = data[12 : first.body] + flags + data[first.body + 1 :]
    else:
        rest = b"VP8X" + struct.pack("<I", 10) + _extended(data[first.body : first.tail]) + data[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(rest)) + b"WEBP" + rest


def _extended(frame: bytes) -> bytes:
    """The payload of VP8X for a lone VP8 or VP8L frame, by which it gets a packet."""
    flags = _HAS_XMP
    if frame[:1] == b"\x2f":  # VP8L: 14 bits for each side, less one, and one for transparency
        bits = int.from_bytes(frame[1:5], "little")
        sides = [bits & 0x3FFF, bits >> 14 & 0x3FFF]
        flags |= _HAS_ALPHA if bits >> 28 & 1 else 0
    elif frame[3:6] == b"\x9d\x01\x2a":
        sides = [(side & 0x3FFF) - 1 for side in struct.unpack("<HH", frame[6:10])]
    else:
        raise NoPlace("its chunks are damaged")
    return bytes([flags, 0, 0, 0]) + b"".join(side.to_bytes(3, "little") for side in sides)
