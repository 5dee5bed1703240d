"""Pictures with metadata as other programs write them: their packets, tags and files, by their rules.

The rules were read off files of these programs and their documentation: which properties each writes, as
attributes or elements, in which of EXIF, IPTC and XMP, and beside the picture or in it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from dupedash.images.metadata.facts import Fact

Facts = dict[Fact, tuple[str, ...]]
PICTURE = Image.effect_mandelbrot((64, 48), (-2, -1.2, 1, 1.2), 30).convert("RGB")


def packet(inside: str, toolkit: str) -> bytes:
    """Between the processing instructions, with the padding that lets others write in place."""
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{toolkit}">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'{inside}\n </rdf:RDF>\n</x:xmpmeta>\n{" " * 200}\n<?xpacket end="w"?>'
    )
    return text.encode()


def iptc(*datasets: tuple[int, str], code: str = "utf-8") -> bytes:
    """A Photoshop resource with datasets of the application record, in the APP13 of a JPEG."""
    data = b"\x1c\x01\x5a\x00\x03\x1b%G" if code == "utf-8" else b""
    for number, text in datasets:
        value = text.encode(code)
        data += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)
    body = b"Photoshop 3.0\0" + block
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def with_segment(path: Path, segment: bytes) -> None:
    """Put a segment behind the start of a JPEG."""
    data = path.read_bytes()
    path.write_bytes(data[:2] + segment + data[2:])


def lightroom(path: Path) -> Facts:
    """Adobe Lightroom Classic: one Description, simple values as attributes; IPTC and EXIF agree."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "Boats in the harbour", "Ann Smith"
    exif.get_ifd(0x8769)[0x9003] = "2023:07:14 18:30:12"
    inside = (
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"'
        ' xmp:Rating="4" xmp:Label="Green" photoshop:DateCreated="2023-07-14T18:30:12.45+02:00"'
        ' crs:Version="15.3" crs:Exposure2012="+0.35">'
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Harbour &amp; boats</rdf:li></rdf:Alt></dc:title>'
        '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Boats in the harbour</rdf:li></rdf:Alt>'
        "</dc:description><dc:subject><rdf:Bag><rdf:li>boat</rdf:li><rdf:li>Hamburg</rdf:li></rdf:Bag>"
        "</dc:subject><lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Hamburg</rdf:li><rdf:li>boat</rdf:li>"
        "</rdf:Bag></lr:hierarchicalSubject><dc:creator><rdf:Seq><rdf:li>Ann Smith</rdf:li></rdf:Seq>"
        "</dc:creator></rdf:Description>"
    )
    PICTURE.save(path, exif=exif, xmp=packet(inside, "Adobe XMP Core 7.0-c000"))
    with_segment(path, iptc((5, "Harbour & boats"), (25, "boat"), (25, "Hamburg"),
                            (80, "Ann Smith"), (55, "20230714"), (60, "183012+0200"),
                            (120, "Boats in the harbour")))  # fmt: skip
    return {
        Fact.TITLE: ("Harbour & boats",), Fact.CAPTION: ("Boats in the harbour",),
        Fact.KEYWORDS: ("boat", "Hamburg"), Fact.CATEGORIES: ("Places|Hamburg",), Fact.RATING: ("4",),
        Fact.TAKEN: ("2023-07-14T18:30:12.45+02:00",), Fact.CREATOR: ("Ann Smith",),
    }  # fmt: skip


def lightroom_sidecar(path: Path) -> Facts:
    """The same program beside a picture that it may not write into: `IMG.xmp`."""
    PICTURE.save(path)
    inside = (
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"'
        ' xmlns:exif="http://ns.adobe.com/exif/1.0/"'
        ' exif:GPSLatitude="53,32.6754N" exif:GPSLongitude="9,58.2W"'
        ' exif:GPSAltitude="123/10" exif:GPSAltitudeRef="1"'
        ' exif:DateTimeOriginal="2023-07-14T18:30:12"/>'
    )
    path.with_suffix(".xmp").write_bytes(packet(inside, "Adobe XMP Core 7.0-c000"))
    return {Fact.RATING: ("5",), Fact.TAKEN: ("2023-07-14T18:30:12",),
            Fact.PLACE: ("53.5445900,-9.9700000,-12.3",)}  # fmt: skip


def apple_photos(path: Path) -> Facts:
    """Exported by Apple's Photos with its titles and places: EXIF, GPS, a packet of elements, and IPTC."""
    exif = Image.Exif()
    exif[0x010F], exif[0x010E] = "Apple", "Grandma’s birthday".encode()
    exif.get_ifd(0x8769).update({0x9003: "2022:12:24 19:05:00", 0x9011: "+01:00"})
    gps = {
        0: b"\2\3\0\0",
        1: "N",
        2: (52, 31, IFDRational(1213, 100)),
        3: "E",
        4: (13, 24, IFDRational(0, 1)),
    }
    exif.get_ifd(0x8825).update(gps)
    inside = (
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Christmas</rdf:li></rdf:Alt></dc:title>'
        "<dc:subject><rdf:Seq><rdf:li>family</rdf:li></rdf:Seq></dc:subject>"
        "<xmp:CreateDate>2022-12-24T19:05:00</xmp:CreateDate></rdf:Description>"
    )
    PICTURE.save(path, exif=exif, xmp=packet(inside, "XMP Core 6.0.0"))
    return {
        Fact.TITLE: ("Christmas",), Fact.CAPTION: ("Grandma’s birthday",), Fact.KEYWORDS: ("family",),
        Fact.TAKEN: ("2022-12-24T19:05:00",), Fact.PLACE: ("52.5200361,13.4000000",),
    }  # fmt: skip


def google_takeout(path: Path) -> Facts:
    """A record beside the picture, which itself says nothing."""
    PICTURE.save(path)
    place = {"latitude": 48.8583736, "longitude": 2.2944813, "altitude": 35.0}
    record = {
        "title": path.name, "description": "Tour Eiffel", "imageViews": "3",
        "creationTime": {"timestamp": "1700000000", "formatted": "14.11.2023, 22:13:20 UTC"},
        "photoTakenTime": {"timestamp": "1688202000", "formatted": "01.07.2023, 09:00:00 UTC"},
        "geoData": place, "geoDataExif": place, "people": [{"name": "Léa"}],
    }  # fmt: skip
    Path(f"{path}.supplemental-metadata.json").write_text(json.dumps(record, indent=2), "utf-8")
    return {Fact.CAPTION: ("Tour Eiffel",), Fact.TAKEN: ("2023-07-01T09:00:00+00:00",),
            Fact.PLACE: ("48.8583736,2.2944813,35",)}  # fmt: skip


def digikam(path: Path) -> Facts:
    """digiKam: a sidecar under the whole name, its own tree of tags with slashes, ratings twice."""
    PICTURE.save(path)
    inside = (
        '<rdf:Description rdf:about="" xmlns:digiKam="http://www.digikam.org/ns/1.0/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:acdsee="http://ns.acdsee.com/iptc/1.0/"'
        ' xmp:Rating="3" MicrosoftPhoto:Rating="50" acdsee:rating="3">'
        "<digiKam:TagsList><rdf:Seq><rdf:li>Animals/Cats</rdf:li><rdf:li>garden</rdf:li></rdf:Seq>"
        "</digiKam:TagsList><dc:subject><rdf:Bag><rdf:li>Cats</rdf:li><rdf:li>garden</rdf:li></rdf:Bag>"
        '</dc:subject><dc:description><rdf:Alt><rdf:li xml:lang="de">Katze</rdf:li>'
        '<rdf:li xml:lang="x-default">A cat</rdf:li></rdf:Alt></dc:description></rdf:Description>'
    )
    Path(f"{path}.xmp").write_bytes(packet(inside, "XMP Core 4.4.0-Exiv2"))
    return {Fact.CAPTION: ("A cat",), Fact.KEYWORDS: ("Cats", "garden"),
            Fact.CATEGORIES: ("Animals|Cats",), Fact.RATING: ("3",)}  # fmt: skip


def windows(path: Path) -> Facts:
    """The properties of Windows: its own tags in UTF-16, the title in EXIF's description as well."""
    exif = Image.Exif()
    for number, text in {
        0x9C9B: "Summer",
        0x9C9C: "At the lake",
        0x9C9D: "Ann;Ben",
        0x9C9E: "lake;swim",
    }.items():
        exif[number] = text.encode("utf-16-le") + b"\0\0"
    exif[0x010E], exif[0x013B], exif[0x4746], exif[0x4749] = "Summer", "Ann;Ben", 4, 75
    exif.get_ifd(0x8769)[0x9003] = "2019:08:01 12:00:00"
    PICTURE.save(path, exif=exif)
    return {
        Fact.TITLE: ("Summer",), Fact.CAPTION: ("At the lake",), Fact.KEYWORDS: ("lake", "swim"),
        Fact.RATING: ("4",), Fact.TAKEN: ("2019-08-01T12:00:00",), Fact.CREATOR: ("Ann", "Ben"),
    }  # fmt: skip


def press_agency(path: Path) -> Facts:
    """Only IPTC, in the letters of Windows, as agencies sent it for long."""
    PICTURE.save(path)
    with_segment(path, iptc((5, "Köln"), (120, "Straße am Dom"), (25, "Dom"), (25, "Köln"), (80, "J. Müller"),
                            (55, "20010203"), code="cp1252"))  # fmt: skip
    return {Fact.TITLE: ("Köln",), Fact.CAPTION: ("Straße am Dom",), Fact.KEYWORDS: ("Dom", "Köln"),
            Fact.TAKEN: ("2001-02-03",), Fact.CREATOR: ("J. Müller",)}  # fmt: skip


def olympus(path: Path) -> Facts:
    """A camera: its own words where the caption goes, a comment of blanks, a place of nulls, no rating."""
    exif = Image.Exif()
    exif[0x010E], exif[0x010F], exif[0x4746] = "OLYMPUS DIGITAL CAMERA         ", "OLYMPUS CORPORATION", 0
    exif.get_ifd(0x8769).update({0x9003: "2015:03:04 05:06:07", 0x9286: b"ASCII\0\0\0" + b" " * 100})
    exif.get_ifd(0x8825).update({1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)})
    PICTURE.save(path, exif=exif)
    return {Fact.TAKEN: ("2015-03-04T05:06:07",)}


def darktable(path: Path) -> Facts:
    """darktable: a sidecar with its history, whose structures are none of the picture's facts."""
    PICTURE.save(path)
    inside = (
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:darktable="http://darktable.sf.net/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="2021:01:02 03:04:05"'
        ' xmp:Rating="-1" darktable:xmp_version="5">'
        '<darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="exposure"/></rdf:Seq>'
        '</darktable:history><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">CC BY</rdf:li></rdf:Alt>'
        "</dc:rights>"
        "</rdf:Description>"
    )
    Path(f"{path}.xmp").write_bytes(packet(inside, "XMP Core 4.4.0-Exiv2"))
    return {Fact.RATING: ("-1",), Fact.TAKEN: ("2021-01-02T03:04:05",)}


def exiftool(path: Path) -> Facts:
    """exiftool: a Description for each namespace, with the quotes and prefixes that it likes."""
    about = "<rdf:Description rdf:about=''\n  xmlns:{0}='{1}'>\n  {2}\n </rdf:Description>"
    inside = "\n".join(
        (
            about.format("dc", "http://purl.org/dc/elements/1.1/",
                         "<dc:creator><rdf:Seq><rdf:li>李 雷</rdf:li></rdf:Seq></dc:creator>"),
            about.format("exif", "http://ns.adobe.com/exif/1.0/",
                         "<exif:GPSLatitude>33,51,35.9S</exif:GPSLatitude>"
                         "<exif:GPSLongitude>151,12,40E</exif:GPSLongitude>"),
        )
    )  # fmt: skip
    PICTURE.save(path, xmp=packet(inside, "Image::ExifTool 12.57"))
    return {Fact.PLACE: ("-33.8599722,151.2111111",), Fact.CREATOR: ("李 雷",)}


PROGRAMS: tuple[Callable[[Path], Facts], ...] = (
    lightroom, lightroom_sidecar, apple_photos, google_takeout, digikam, windows, press_agency, olympus,
    darktable, exiftool,
)  # fmt: skip
"""Each writes a JPEG at the path, and what it puts beside it; and says what one should read of it."""
