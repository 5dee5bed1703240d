"""The graph as JSON by URL: `/graph/<scan>.json?…`, so that a page's rerun does not send it again."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dupedash.config import settings
from dupedash.connect import Connections
from dupedash.errors import DupedashError
from dupedash.groups.graph import Cut, Strictness
from dupedash.images.encode import inline, sprite
from dupedash.model import NEAR, USUAL, PairKind
from dupedash.network import Network, build, drawn
from dupedash.network.layout import WIDE
from dupedash.network.selection import SelectedGroups, Selection, SizeClass, choose
from dupedash.network.sprite import BOX
from dupedash.network.svg import picture
from dupedash.report.pictures import fitting, thumbnails
from dupedash.scans import ScanStore, StoredScan
from dupedash.ui import cached
from dupedash.ui.cached import ScanMatches
from dupedash.ui.collections import open_collection
from dupedash.ui.shared import downloads

_KEPT = {"Cache-Control": "private, max-age=3600"}


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
        _, network = _network(request)
    except (DupedashError, ValueError) as error:
        return PlainTextResponse(str(error), 400)
    body = gzip.compress(network.to_json().encode(), compresslevel=4)
    headers = {"Content-Encoding": "gzip", **_KEPT}
    return Response(body, media_type="application/json", headers=headers)


def sheet(request: Request) -> Response:
    """All their thumbnails as one picture, so that they are there at once."""
    try:
        scan, network = _network(request)
        found, whole = _thumbnails(scan, network), network.sprite
    except (DupedashError, ValueError) as error:
        return PlainTextResponse(str(error), 400)
    data = sprite([found.get(i) for i in network.pictured], (whole.width, whole.height), whole.cells)
    return Response(data, media_type="image/jpeg", headers=_KEPT)


def still(request: Request) -> Response:
    """The same as a picture to put onto a slide: names as text, thumbnails inside."""
    try:
        scan, network = _network(request)
        found = fitting(_thumbnails(scan, network))
    except (DupedashError, ValueError) as error:
        return PlainTextResponse(str(error), 400)
    left, top, (width, height) = -BOX[0] / 2, -BOX[1] / 2, BOX
    box = f'x="{left:g}" y="{top:g}" width="{width}" height="{height}"'
    shown = {i: f'<image href="{inline(data)}" {box}/>' for i, data in found.items()}
    text = picture(network, lambda node: shown.get(str(node["member"]), ""))
    name = {"Content-Disposition": f'attachment; filename="dupedash-{scan.id}-graph.svg"'}
    return Response(text, media_type="image/svg+xml", headers=name | _KEPT)


def _network(request: Request) -> tuple[StoredScan, Network]:
    """What the address asks for. Raises DupedashError, ValueError."""
    workspace = settings().workspace
    scan = ScanStore(workspace.scans).get(request.path_params["scan"])
    found = cached.matches(scan, cached.decisions_now(workspace), _kinds(request))
    cut, selection = _selection(request, found)
    numbers = selected_groups(found, cut, selection).groups
    ids = [cut.graph.matches.ids[index] for number in numbers for index in drawn(cut, number)]
    records = dict(zip(ids, cached.records(scan, ids), strict=True))
    wide = min(5.0, max(0.2, float(request.query_params.get("wide", WIDE))))
    return scan, build(cut, numbers, records, wide=wide)


def _thumbnails(scan: StoredScan, network: Network) -> dict[str, bytes]:
    workspace = settings().workspace
    collection = open_collection(Connections(workspace).get(scan.collection), workspace)
    return thumbnails(network.pictured, downloads.thumbnail_of(collection))


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


ROUTES = [
    Route("/graph/{scan}.json", graph),
    Route("/graph/{scan}.jpg", sheet),
    Route("/graph/{scan}.svg", still),
]
