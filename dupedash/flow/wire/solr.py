"""Solr's own parameters that this server does not answer: whoever sends one is told, not passed over.

Solr ignores names that it does not know, and so does this server. But a name that Solr's reference guide has,
and that would change the answer there, is refused. Parameters that only say how Solr shall work (caches,
threads, limits of time, logs) change no answer and are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dupedash.errors import ConfigError
from dupedash.flow.wire.parameters import FALSE, TRUE, FlowNames, Given

Refused = Mapping[str, frozenset[str]]
"""Name of a parameter → the values that change nothing, in lower case."""

_NEVER: frozenset[str] = frozenset()

_EVERYWHERE: Refused = {
    **dict.fromkeys(("json.wrf", "tr", "stream.body", "stream.file", "stream.url", "shards", "collection",
                     "useParams", "json", "json.facet", "json.query", "json.filter", "json.fields",
                     "json.sort", "json.limit", "json.offset", "json.params", "json.queries"), _NEVER),
    "wt": frozenset({"json"}),
    "json.nl": frozenset({"flat", "map", "arrarr", "arrmap", "arrntv"}),
}  # fmt: skip
_SEARCH: Refused = {
    "defType": frozenset({"lucene"}),
    **dict.fromkeys(("explainOther", "rq", "bf", "collapse.field"), _NEVER),
    **dict.fromkeys(("debug", "debugQuery", "group", "stats", "hl", "mlt", "spellcheck", "suggest", "expand",
                     "clustering", "tv", "analytics"), FALSE),
}  # fmt: skip
FACETS: Refused = {
    **dict.fromkeys(("facet.matches", "facet.pivot", "facet.interval", "facet.heatmap"), _NEVER),
    "facet.exists": FALSE,
}
_TERMS: Refused = {
    **dict.fromkeys(("terms.regex", "terms.regex.flag"), _NEVER),
    **dict.fromkeys(("terms.ttf", "terms.raw"), FALSE),
}
_BY_HANDLER: Mapping[str, Refused] = {
    "select": {**_SEARCH, **_TERMS},
    "duplicate": {
        **_SEARCH,
        **dict.fromkeys(("cursorMark",), _NEVER),
        **dict.fromkeys(("facet", "terms"), FALSE),
        "sort": frozenset({"score desc"}),
    },
    "get": {"getInputDocument": _NEVER, "versions": _NEVER},
    "terms": {**_TERMS, "terms": TRUE},
    "update": {
        **dict.fromkeys(("_version_", "_route_", "versions", "update.chain", "processor", "split", "srcField",
                         "f", "mapUniqueKeyOnly", "echo", "rowid"), _NEVER),
        **dict.fromkeys(("rollback", "prepareCommit"), FALSE),
        "overwrite": TRUE,
    },
    "schema/fields": {"fl": _NEVER, "showDefaults": FALSE, "includeDynamic": FALSE},
    "admin/luke": {
        "numTerms": frozenset({"0"}),
        **dict.fromkeys(("fl", "id", "docId", "show"), _NEVER),
        "includeIndexFieldFlags": TRUE,
    },
    "admin/ping": {"action": frozenset({"ping"})},
    "": {"action": frozenset({"status"})},
}  # fmt: skip
_OF_A_FIELD = re.compile(r"f\..+?\.(?=facet\.)")
_RANKED_BY = "rank.by."


def must_be_answerable(handler: str, given: Given, names: FlowNames) -> None:
    """Raises ConfigError for a parameter that the handler would have to answer and cannot."""
    _must_not_hold(given, {**_EVERYWHERE, **_BY_HANDLER.get(handler.partition("/json")[0], {})})
    if handler == "select" and given.flag("facet"):
        _must_not_hold(given, FACETS)
    _must_know_ranking(given, names)


def _must_not_hold(given: Given, refused: Refused) -> None:
    for name in given.names():
        neutral = refused.get(_OF_A_FIELD.sub("", name))
        if neutral is None:
            continue
        for value in given.all(name):
            if value.strip().lower() not in neutral:
                raise ConfigError(f"{name}={value[:80]!r} is not supported by this server{_but(neutral)}.")


def _but(neutral: frozenset[str]) -> str:
    """What may be given all the same."""
    words = {FALSE: ["false"], TRUE: ["true"]}.get(neutral, sorted(neutral))
    return f", only {' or '.join(words)}" if words else ""


def _must_know_ranking(given: Given, names: FlowNames) -> None:
    known = {"rank.by.id", names.by_url, names.by_data, names.by_preprocessed}
    if strange := next((n for n in given.names() if n.startswith(_RANKED_BY) and n not in known), None):
        raise ConfigError(f"{strange} is not supported by this server: use {', '.join(sorted(known))}.")
