"""XMP: what a packet or sidecar says, and a sidecar with more in it (ISO 16684-1).

A sidecar that is there keeps everything that it holds, in its order and with its prefixes; only the
properties that change are written anew. What declares a document type is refused: entities could fill the
memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from xml.dom import Node, minidom
from xml.parsers.expat import ExpatError

from dupedash.images.metadata import facts as known
from dupedash.images.metadata.facts import Fact, Facts

LARGEST = 8 << 20
"""Bytes of a packet that is read: those with masks and many edits have some hundred kilobytes."""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
}
_PREFIXES = {space: prefix for prefix, space in SPACES.items()}
_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    f' <rdf:RDF xmlns:rdf="{RDF}">\n'
    " </rdf:RDF>\n"
    "</x:xmpmeta>\n"
    '<?xpacket end="w"?>\n'
)
_BAGS = {
    Fact.TITLE: ("dc:title", "Alt"),
    Fact.CAPTION: ("dc:description", "Alt"),
    Fact.KEYWORDS: ("dc:subject", "Bag"),
    Fact.CATEGORIES: ("lr:hierarchicalSubject", "Bag"),
    Fact.CREATOR: ("dc:creator", "Seq"),
}
"""What is written as a list, and as which of RDF's."""
_CODES = {
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"\0<": "utf-16-be", b"<\0": "utf-16-le",
}  # fmt: skip
"""How a packet begins that is no UTF-8; within files its mark stands behind `<?xpacket begin=`."""
_DATES = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
_GPS = re.compile(r"(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?\s*([NSEW])")


class NoPacket(ValueError):
    """These bytes are no XMP, or more of it than is read."""


def facts_of_packet(data: bytes) -> Facts:
    """What a packet says. Raises NoPacket."""
    told = dict(properties(data))

    def first(name: str) -> tuple[str, ...]:
        return known.texts(told.get(name, ()))[:1]

    return known.gathered(
        [
            {
                Fact.TITLE: first("dc:title"),
                Fact.CAPTION: first("dc:description"),
                Fact.KEYWORDS: known.texts(told.get("dc:subject", ())),
                Fact.CATEGORIES: _categories(told),
                Fact.RATING: _rating(told),
                Fact.TAKEN: next((m for n in _DATES for t in first(n) if (m := known.moment(t))), ()),
                Fact.PLACE: _place(told),
                Fact.CREATOR: known.texts(told.get("dc:creator", ())),
            }
        ]
    )


def properties(data: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name with the usual prefix → values, of all but structures that a packet says. Raises NoPacket."""
    for about in _descriptions(_parsed(data)):
        for attribute in list(about.attributes.values()):
            if name := _named(attribute):
                yield name, (attribute.value,)
        for element in _elements(about):
            if (name := _named(element)) and (values := _values(element)):
                yield name, values


def written(data: bytes | None, changes: Facts) -> bytes:
    """A sidecar with these facts in place of what `data`, the one so far, says of them. Raises NoPacket."""
    document = _parsed(data if data is not None else _EMPTY.encode())
    rdf = document.getElementsByTagNameNS(RDF, "RDF")[0]
    names = {name for fact in changes for name in _names_of(fact)}
    for about in _descriptions(document):
        _drop(about, names)
    rdf.appendChild(document.createTextNode(" "))
    rdf.appendChild(_description(document, rdf, changes))
    rdf.appendChild(document.createTextNode("\n "))
    text = "".join(node.toxml() + "\n" for node in document.childNodes)
    return text.encode()


def _parsed(data: bytes) -> minidom.Document:
    text = _text(data)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NoPacket("it declares a document type, which no XMP does")
    try:
        document = minidom.parseString(text.encode())
    except (ExpatError, ValueError, RecursionError) as error:
        raise NoPacket(f"it is no XMP: {error}") from error
    if not document.getElementsByTagNameNS(RDF, "RDF"):
        raise NoPacket("it is no XMP: there is no rdf:RDF in it")
    return document


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise NoPacket(f"it is larger than {LARGEST >> 20} MB")
    code = next((code for start, code in _CODES.items() if data.startswith(start)), "utf-8-sig")
    try:
        text = data.decode(code)
    except ValueError as error:
        raise NoPacket(f"it is no XMP: {error}") from error
    text = text.strip("\0\ufeff \r\n\t")
    return re.sub(r"^<\?xml[^>]*\?>", "", text)


def _descriptions(document: minidom.Document) -> list[minidom.Element]:
    """The top ones: those in structures describe parts of the picture."""
    return [
        about
        for rdf in document.getElementsByTagNameNS(RDF, "RDF")
        for about in _elements(rdf)
        if (about.namespaceURI, about.localName) == (RDF, "Description")
    ]


def _elements(node: minidom.Element) -> list[minidom.Element]:
    return [child for child in node.childNodes if child.nodeType == Node.ELEMENT_NODE]


def _named(node: minidom.Element | minidom.Attr) -> str | None:
    """The name with the usual prefix of its namespace; None for what is XML's or RDF's own."""
    space = node.namespaceURI
    if not space or space in (RDF, "http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace"):
        return None
    return f"{_PREFIXES.get(space, node.prefix or space)}:{node.localName}"


def _values(element: minidom.Element) -> tuple[str, ...]:
    """The text of a property, or the texts of its list; the default language first."""
    lists = [child for child in _elements(element) if child.namespaceURI == RDF]
    if not lists:
        plain = not _elements(element)
        return (_text_of(element),) if plain and _text_of(element).strip() else ()
    items = [item for item in _elements(lists[0]) if not _elements(item)]
    items.sort(key=lambda item: item.getAttribute("xml:lang") not in ("", "x-default"))
    return tuple(_text_of(item) for item in items)


def _text_of(element: minidom.Element) -> str:
    return "".join(child.data for child in element.childNodes if isinstance(child, minidom.Text))


def _categories(told: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Of Lightroom, and of digiKam, which writes them with slashes; a tree of one leaf is a keyword only."""
    digikam = (tag.replace("|", " ").replace("/", "|") for tag in told.get("digiKam:TagsList", ()))
    found = known.texts([*told.get("lr:hierarchicalSubject", ()), *digikam])
    return tuple(tag for tag in found if "|" in tag)


def _rating(told: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if found := known.rating("".join(told.get("xmp:Rating", ())[:1])):
        return found
    stars = {"1": "1", "25": "2", "50": "3", "75": "4", "99": "5"}  # as Windows writes them
    return known.rating(stars.get("".join(told.get("MicrosoftPhoto:Rating", ())[:1]), ""))


def _place(told: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    latitude, longitude = (_angle(told.get(f"exif:GPS{name}", ())) for name in ("Latitude", "Longitude"))
    if latitude is None or longitude is None:
        return ()
    return known.place(latitude, longitude, _altitude(told))


def _angle(values: tuple[str, ...]) -> float | None:
    """ "52,30.5N" or "52,30,30N" in degrees."""
    found = _GPS.fullmatch(values[0].strip()) if values else None
    if found is None:
        return None
    degrees = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return -degrees if found[4] in "SW" else degrees


def _altitude(told: dict[str, tuple[str, ...]]) -> float | None:
    over, _, under = "".join(told.get("exif:GPSAltitude", ())[:1]).partition("/")
    below = told.get("exif:GPSAltitudeRef", ("0",))[0] == "1"
    try:
        metres = float(over) / float(under or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return -metres if below else metres


def _names_of(fact: Fact) -> tuple[str, ...]:
    """The properties that say a fact, and are written anew where it changes."""
    match fact:
        case Fact.RATING:
            return ("xmp:Rating", "MicrosoftPhoto:Rating")
        case Fact.TAKEN:
            return _DATES[:2]
        case Fact.PLACE:
            return tuple(f"exif:GPS{name}" for name in ("Latitude", "Longitude", "Altitude", "AltitudeRef"))
        case Fact.CATEGORIES:
            return ("lr:hierarchicalSubject", "digiKam:TagsList")
    return (_BAGS[fact][0],)


def _drop(about: minidom.Element, names: set[str]) -> None:
    for attribute in list(about.attributes.values()):
        if _named(attribute) in names:
            about.removeAttributeNode(attribute)
    for element in _elements(about):
        if _named(element) in names:
            about.removeChild(element)


def _description(document: minidom.Document, rdf: minidom.Element, changes: Facts) -> minidom.Element:
    """`rdf` tells the prefix of RDF in this document."""
    prefix = rdf.prefix or "rdf"
    about = document.createElementNS(RDF, f"{prefix}:Description")
    about.setAttributeNS(RDF, f"{prefix}:about", "")
    if not rdf.prefix:
        about.setAttribute(f"xmlns:{prefix}", RDF)
    for name, kind, values in _written(changes):
        space, _, _ = name.partition(":")
        about.setAttribute(f"xmlns:{space}", SPACES[space])
        about.appendChild(document.createTextNode("\n   "))
        about.appendChild(_property(document, prefix, name, kind, values))
    about.appendChild(document.createTextNode("\n  "))
    return about


def _property(
    document: minidom.Document, prefix: str, name: str, kind: str, values: tuple[str, ...]
) -> minidom.Element:
    found = document.createElementNS(SPACES[name.partition(":")[0]], name)
    if not kind:
        found.appendChild(document.createTextNode(values[0]))
        return found
    listed = document.createElementNS(RDF, f"{prefix}:{kind}")
    for value in values:
        item = document.createElementNS(RDF, f"{prefix}:li")
        if kind == "Alt":
            item.setAttribute("xml:lang", "x-default")
        item.appendChild(document.createTextNode(value))
        listed.appendChild(item)
    found.appendChild(listed)
    return found


def _written(changes: Facts) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, kind of list ("" for a single text), values."""
    for fact, values in changes.items():
        if fact in _BAGS:
            name, kind = _BAGS[fact]
            yield name, kind, values
        elif fact is Fact.RATING:
            yield "xmp:Rating", "", values
        elif fact is Fact.TAKEN:
            yield from ((name, "", values) for name in _DATES[:2])
        else:
            yield from _gps(values[0])


def _gps(place: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    latitude, longitude, *altitude = map(float, place.split(","))
    yield "exif:GPSLatitude", "", (_angle_text(latitude, "NS"),)
    yield "exif:GPSLongitude", "", (_angle_text(longitude, "EW"),)
    for metres in altitude:
        yield "exif:GPSAltitude", "", (f"{round(abs(metres) * 10)}/10",)
        yield "exif:GPSAltitudeRef", "", ("1" if metres < 0 else "0",)


def _angle_text(degrees: float, letters: str) -> str:
    whole, minutes = divmod(round(abs(degrees) * 60, 6), 60)
    return f"{whole:.0f},{minutes:.6f}{letters[degrees < 0]}"
