"""A stored scan at a threshold as one HTML file: the graph, the whole report, or one page of it.

Every name, field and message in it is hostile: the templates escape all, data goes in as escaped JSON, and a
content security policy in the file forbids every request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from dupedash.groups.graph import Cut
from dupedash.images.encode import inline, sprite
from dupedash.network import assets, build
from dupedash.network.legend import legend
from dupedash.network.sprite import BOX
from dupedash.network.svg import picture
from dupedash.report.chapters import chapters
from dupedash.report.figures import figures, reached, records_of, settings
from dupedash.report.pictures import MAX_THUMBNAILS, Thumbnail, fitting, shown_members, thumbnails
from dupedash.review import Decisions
from dupedash.scans import StoredScan

ON_ONE_PAGE = 6
"""Groups with pictures on the page for a mail: so many fit on a sheet with the figures above them."""


def graph_html(
    scan: StoredScan, cut: Cut, thumbnail: Thumbnail, *, max_thumbnails: int = MAX_THUMBNAILS
) -> str:
    """The interactive graph of all groups, pictures inside. Beyond `max_thumbnails` images it shows dots."""
    records = records_of(scan, cut)
    found = thumbnails(shown_members(cut, max_thumbnails), thumbnail)
    network = build(cut, range(len(cut)), records, found)
    whole = network.sprite
    sheet = sprite(
        [found[member] for member in network.pictured], (whole.width, whole.height), whole.cells
    )
    return _render(
        "graph.html",
        scan=scan,
        cut=cut,
        network=network,
        pictures=len(found),
        summary=figures(scan, cut, records),
        sprite=inline(sheet),
        nodes_and_edges=Markup(_safe_json(network.to_json())),
        vis=Markup(assets.vis_script().replace("</script", "<\\/script")),
        vis_css=Markup(assets.vis_style()),
        draw=Markup(assets.draw_script()),
        draw_css=Markup(assets.draw_style()),
    )


def report_html(
    scan: StoredScan,
    cut: Cut,
    thumbnail: Thumbnail,
    decisions: Decisions | None = None,
    *,
    max_thumbnails: int = MAX_THUMBNAILS,
) -> str:
    """Every group with its pictures, what stays, what was decided and why they match; the graph as a picture;
    settings and coverage. Pictures are as small as their number asks for: a mail takes the file."""
    records = records_of(scan, cut)
    found = fitting(thumbnails(shown_members(cut, max_thumbnails), thumbnail))
    pictures = {member: inline(data) for member, data in found.items()}
    network = build(cut, range(len(cut)), records, pictures)
    numbers = {node["member"]: node["id"] for node in network.nodes}
    return _render(
        "report.html",
        scan=scan,
        cut=cut,
        network=network,
        # Each picture stands once in the file, with its group; the graph shows it by its name.
        graph=Markup(picture(network, _shown_again, lambda node: f"#group-{node['group'] + 1}")),
        chapters=chapters(scan, cut, records, decisions or Decisions()),
        image=lambda member, name: _image(numbers.get(member), pictures.get(member), name),
        pictures=len(pictures),
        summary=figures(scan, cut, records),
        settings=settings(scan, cut),
        coverage=scan.coverage,
        reached=reached(scan),
    )


def summary_html(
    scan: StoredScan, cut: Cut, thumbnail: Thumbnail, decisions: Decisions | None = None
) -> str:
    """One page, for the body or the attachment of a mail: figures, the first groups, what is decided."""
    records = records_of(scan, cut)
    told = chapters(scan, cut, records, decisions or Decisions())
    shown = [member.id for chapter in told[:ON_ONE_PAGE] for member in chapter.members[:ON_ONE_PAGE]]
    pictures = {i: inline(data) for i, data in fitting(thumbnails(shown, thumbnail)).items()}
    return _render(
        "summary.html",
        scan=scan,
        cut=cut,
        chapters=told[:ON_ONE_PAGE],
        most=ON_ONE_PAGE,
        decided=sum(chapter.decision.startswith("decided") for chapter in told),
        unsure=sum(chapter.keeper.startswith("not sure") for chapter in told),
        pictures=pictures,
        summary=figures(scan, cut, records),
        reached=reached(scan),
    )


def _image(number: int | None, address: str | None, name: str) -> Markup:
    """A thumbnail that the graph can show again."""
    if address is None:
        return Markup('<div class="frame">no thumbnail</div>')
    left, top = -BOX[0] / 2, -BOX[1] / 2
    box = f'x="{left:g}" y="{top:g}" width="{BOX[0]}" height="{BOX[1]}"'
    known = f'id="p{number}" ' if number is not None else ""
    return Markup(
        f'<svg class="frame" viewBox="{left:g} {top:g} {BOX[0]} {BOX[1]}" role="img" '
        f'aria-label="{escape(name)}"><image {known}href="{escape(address)}" {box}/></svg>'
    )


def _shown_again(node: Mapping[str, Any]) -> str:
    return f'<use href="#p{node["id"]}"/>' if "cell" in node else ""


def _render(template: str, **values: object) -> str:
    return environment().get_template(template).render(**values, legend=Markup(legend()))


def _safe_json(text: str) -> str:
    """JSON that cannot leave its script element or end a line in JavaScript."""
    for character, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, code)
    return text


def environment() -> Environment:
    """The templates; whatever they are given is escaped."""
    return Environment(
        loader=PackageLoader("dupedash.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
