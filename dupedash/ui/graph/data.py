"""The graph as JSON by URL: `/graph/<scan>.json?…`, so that a page's rerun does not send it again."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dupedash.config import settings
from dupedash.errors import DupedashError
from dupedash.groups.graph import Cut, Strictness
from dupedash.model import NEAR, USUAL, PairKind
from dupedash.network import build, drawn
from dupedash.network.selection import SelectedGroups, Selection, SizeClass, choose
from dupedash.scans import ScanStore
from dupedash.ui import cached
from dupedash.ui.cached import ScanMatches
from dupedash.ui.door.routes import thumb_url


def graph_url(
    found: ScanMatches, cut: Cut, strictness: Strictness, kinds: Sequence[PairKind], selection: Selection
) -> str:
    """Where the browser gets these groups; another state of the scan has another address."""
    params = {
        "t": f"{cut.threshold:.4f}", "grouping": strictness.value, "sizes": selection.sizes.value,
        "find": selection.text, "page": selection.page, "v": found.version,
        "kinds": ",".join(kind.token for kind in kinds),
    }  # fmt: skip
    return f"/graph/{found.scan.id}.json?{urlencode(params)}"


def selected_groups(found: ScanMatches, cut: Cut, selection: Selection) -> SelectedGroups:
    """The groups of a part; locations are read only where a text is to be found."""
    text = selection.text.strip()
    return choose(cut, selection, cached.groups_with_text(found, cut, text) if text else None)


def graph(request: Request) -> Response:
    """The nodes and edges of some groups, compressed."""
    try:
        workspace = settings().workspace
        scan = ScanStore(workspace.scans).get(request.path_params["scan"])
        found = cached.matches(scan, cached.decisions_now(workspace), _kinds(request))
        cut, selection = _selection(request, found)
        numbers = selected_groups(found, cut, selection).groups
        ids = [cut.graph.matches.ids[index] for number in numbers for index in drawn(cut, number)]
        records = dict(zip(ids, cached.records(scan, ids), strict=True))
    except (DupedashError, ValueError) as error:
        return PlainTextResponse(str(error), 400)
    network = build(cut, numbers, records, lambda i: thumb_url(scan.collection, i, records[i].content))
    body = gzip.compress(network.to_json().encode(), compresslevel=4)
    headers = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=3600"}
    return Response(body, media_type="application/json", headers=headers)


def _kinds(request: Request) -> tuple[PairKind, ...]:
    asked = set(request.query_params.get("kinds", "").split(","))
    return tuple(kind for kind in PairKind if kind.token in asked) or USUAL


def _selection(request: Request, found: ScanMatches) -> tuple[Cut, Selection]:
    query = request.query_params
    selection = Selection(
        SizeClass(query.get("sizes", "all")), query.get("find", "")[:500], int(query.get("page", "1")[:9])
    )
    strictness = Strictness(query.get("grouping", Strictness.COMPONENT))
    threshold = min(1.0, max(0.0, float(query.get("t", NEAR))))
    return cached.cut(found, threshold, strictness), selection


ROUTES = [Route("/graph/{scan}.json", graph)]
