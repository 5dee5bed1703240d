"""XML bodies of /update, as commands: what JSON says with objects, Solr's XML says with elements [solr]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn
from xml.etree import ElementTree

from dupedash.errors import ConfigError
from dupedash.flow.wire.parameters import TRUE
from dupedash.flow.wire.updates import Add, Command, Commit, Delete, commands_of

_ATTRIBUTES = {
    "add": {"commitWithin", "overwrite"},
    "doc": {"boost"},  # Solr takes boosts and ignores them
    "field": {"name", "boost", "update", "null"},
    "delete": {"commitWithin", "fromPending", "fromCommitted"},
    "commit": {"waitSearcher", "waitFlush", "softCommit", "openSearcher", "expungeDeletes"},
    "optimize": {"waitSearcher", "waitFlush", "softCommit", "openSearcher", "maxSegments"},
    "update": set[str](),
    "id": set[str](),
    "query": set[str](),
}


_MOST_ELEMENTS = 500_000  # of one body: an element of 4 bytes takes 100 and more in memory


class _Bounded(ElementTree.TreeBuilder):
    """Builds so many elements; a document type, with which entities could be declared, is refused."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = 0

    def start(self, tag: Any, attrs: Any) -> ElementTree.Element:
        """Called where an element begins."""
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise ConfigError(f"The XML of an update has {_MOST_ELEMENTS:,} elements at most.")
        return super().start(tag, attrs)

    def doctype(self, name: str, _public: str | None, _system: str | None) -> NoReturn:
        """Called where a document type begins, before anything in it is read."""
        raise ConfigError(f"The XML of an update has no document type ({name[:80]}).")


def updates_of_xml(body: bytes) -> list[Command]:
    """What an XML body asks for, in order. All its values are text. Raises ConfigError."""
    parser = ElementTree.XMLParser(target=_Bounded())
    try:
        parser.feed(body)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # no such encoding, for one
        raise ConfigError(f"The body of the update is no XML: {error}.") from None
    return list(_commands(root))


def _commands(element: ElementTree.Element) -> Iterator[Command]:
    _check(element)
    match element.tag:
        case "update":
            for part in element:
                if part.tag == "update":
                    raise _strange(part)
                yield from _commands(part)
        case "add":
            for command in commands_of([_document(doc) for doc in element]):
                yield Add(command.documents, texts=True) if isinstance(command, Add) else command
        case "delete":
            yield from map(_deletion, element)
        case "commit" | "optimize":
            yield Commit()
        case _:
            raise _strange(element)


def _check(element: ElementTree.Element) -> None:
    known = _ATTRIBUTES.get(element.tag)
    if known is None or set(element.attrib) - known:
        raise _strange(element)
    if element.get("overwrite", "true").lower() not in TRUE:
        raise ConfigError('overwrite="false" is not supported: an id has one document here.')


def _strange(element: ElementTree.Element) -> ConfigError:
    attributes = "".join(f" {name}=…" for name in list(element.attrib)[:5])
    return ConfigError(f"The element <{str(element.tag)[:80]}{attributes[:200]}> is not understood here.")


def _deletion(element: ElementTree.Element) -> Delete:
    _check(element)
    text = (element.text or "").strip()
    if element.tag not in ("id", "query") or len(element) or not text:  # blank must not mean everything
        raise _strange(element)
    return Delete((text,)) if element.tag == "id" else Delete(query=text)


def _document(doc: ElementTree.Element) -> dict[str, Any]:
    """As JSON has it: several fields of one name are a list, and `update` makes an object of them."""
    if doc.tag != "doc":
        raise _strange(doc)
    _check(doc)
    whole: dict[str, list[str]] = {}
    partial: dict[tuple[str, str], list[str]] = {}
    for field in doc:
        _check(field)
        if field.tag != "field" or not field.get("name") or len(field):
            raise _strange(field)
        name, how = str(field.get("name")), field.get("update")
        values = whole.setdefault(name, []) if how is None else partial.setdefault((name, how), [])
        if field.get("null", "false").lower() not in TRUE:
            values.append(field.text or "")
    made: dict[str, Any] = {name: _one(values) for name, values in whole.items() if values}
    for (name, how), values in partial.items():
        made.setdefault(name, {})[how] = _one(values)
    return made


def _one(values: list[str]) -> str | list[str] | None:
    return values if len(values) > 1 else next(iter(values), None)


def guessed(text: str) -> bool | int | float | str:
    """A value of a field that nobody knows yet, as Solr guesses it [doc]; the collection tells dates."""
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if text.strip("+-0123456789.eE") == "":
            return number
    return text
