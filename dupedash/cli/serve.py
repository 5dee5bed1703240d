"""The command `serve`: the Flow API over a collection."""

from __future__ import annotations

import os

import click

from dupedash.cli.shared.context import DEFAULT, Context, pass_context
from dupedash.collection import Preparable
from dupedash.connect import Connection, Connections
from dupedash.fetch import UrlAccess


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8983, show_default=True, help="0 takes a free one."
)
@click.option(
    "--processes",
    type=click.IntRange(0),
    default=os.cpu_count() or 1,
    show_default="as many as there are cores",
    help="That search; 0: only this one.",
)
@click.option("--allow-urls", is_flag=True,
              help="Fetch the images that clients name by URL (rank.by.url, input.url, image of a document): "
                   "from the open Internet only.")  # fmt: skip
@click.option("--allow-host", "hosts", multiple=True, metavar="HOST",
              help="Fetch from this host, too, where its address is private.")  # fmt: skip
@pass_context
def serve(
    context: Context, host: str, port: int, processes: int, allow_urls: bool, hosts: tuple[str, ...]
) -> None:
    """Serve the collection with the Flow API, for programs written for Flow. Ctrl-C ends it."""
    from dupedash.flow.client import flow_names
    from dupedash.flow.server import ServerSettings
    from dupedash.flow.server import serve as run

    connection = _served(context)
    with context.opened(connection, processes) as collection:
        settings = ServerSettings(
            api_key=context.flow.api_key,
            read_only=context.settings.readonly,
            urls=UrlAccess(allowed=allow_urls or bool(hosts), trusted=frozenset(map(str.lower, hosts))),
            names=flow_names(context.flow.names),
        )
        if isinstance(collection, Preparable):
            click.echo("Loading the collection …", err=True)
            collection.prepare()
        run(collection, host, port, settings, started=lambda address: click.echo(f"Serving {address}"))


def _served(context: Context) -> Connection:
    """The collection of that name, made where there is none: clients may be there to fill it."""
    known = Connections(context.settings.workspace)
    wanted = context.collection or (DEFAULT if known.newest() is None else None)
    there = wanted in [connection.name for connection in known.list()]
    if context.url or wanted is None or there or context.settings.readonly:
        return context.existing()
    click.echo(f"The collection {wanted} is new and empty.", err=True)
    return known.get(wanted)
