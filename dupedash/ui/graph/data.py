"""The graph as JSON by URL: `/graph/<scan>.json?…`, so that a page's rerun does not send it again."""

from __future__ import annotations

import gzip
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dupedash.config import settings
from dupedash.errors import DupedashError
from dupedash.groups.graph import Cut, Strictness
from dupedash.images.files import printable
from dupedash.network import build, drawn
from dupedash.network.part import Chosen, Part, SizeClass, choose
from dupedash.scans import ScanStore, StoredScan
from dupedash.ui import scan_data, state
from dupedash.ui.door.routes import thumb_url


def graph_url(scan: StoredScan, cut: Cut, strictness: Strictness, part: Part) -> str:
    """Where the browser gets this part; another state of the scan has another address."""
    asked = {
        "t": f"{cut.threshold:.4f}", "grouping": strictness.value, "sizes": part.sizes.value,
        "find": part.text, "page": part.page, "v": state.graph_version(scan),
    }  # fmt: skip
    return f"/graph/{scan.id}.json?{urlencode(asked)}"


def chosen(scan: StoredScan, cut: Cut, part: Part) -> Chosen:
    """The groups of a part, with the locations read only where a text is to be found."""
    text = bool(part.text.strip())
    return choose(cut, part, locations(printable(scan.folder), scan) if text else pd.Series(dtype=str))


@st.cache_resource(max_entries=4, show_spinner=False)
def locations(folder: str, _scan: StoredScan) -> pd.Series[str]:  # noqa: ARG001  (it is the key)
    """Location by image id of a stored scan."""
    images = _scan.images()
    return pd.Series(images["location"].to_numpy(), index=images["id"])


def graph(request: Request) -> Response:
    """The nodes and edges of one part, compressed."""
    try:
        scan = ScanStore(settings().workspace.scans).get(request.path_params["scan"])
        cut, part = _asked(request, scan)
        numbers = chosen(scan, cut, part).groups
        ids = [cut.graph.matches.ids[index] for number in numbers for index in drawn(cut, number)]
        records = dict(zip(ids, scan_data.records(scan, ids), strict=True))
    except (DupedashError, ValueError) as error:
        return PlainTextResponse(str(error), 400)
    network = build(cut, numbers, records, lambda i: thumb_url(scan.collection, i, records[i].content))
    body = gzip.compress(network.to_json().encode(), compresslevel=4)
    headers = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=3600"}
    return Response(body, media_type="application/json", headers=headers)


def _asked(request: Request, scan: StoredScan) -> tuple[Cut, Part]:
    query = request.query_params
    part = Part(
        SizeClass(query.get("sizes", "all")), query.get("find", "")[:500], int(query.get("page", "1")[:9])
    )
    strictness = Strictness(query.get("grouping", Strictness.COMPONENT))
    threshold = min(1.0, max(0.0, float(query.get("t", state.NEAR))))
    return state.cut_of(scan, threshold, strictness), part


ROUTES = [Route("/graph/{scan}.json", graph)]
