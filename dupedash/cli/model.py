"""The command `model`: which model of the user's own helps the scans of a collection to find candidates."""

from __future__ import annotations

from pathlib import Path

import click

from dupedash.cli.collection import printable
from dupedash.cli.shared.context import Context, pass_context
from dupedash.embedded.collection import EmbeddedCollection
from dupedash.embedded.model.chosen import choose, chosen, forget
from dupedash.embedded.model.network import Network
from dupedash.errors import Unsupported


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--forget", "forgotten", is_flag=True, help="Use no model any more.")
@pass_context
def model(context: Context, file: Path | None, forgotten: bool) -> None:
    """Let scans of the collection also compare what a model of your own finds near.

    FILE is a copy-detection model in ONNX (SSCD, or one of its students): a picture in, a vector out. What it
    finds is a candidate and no more: every pair is still compared pixel by pixel. Without FILE it says which
    model is used. It needs onnxruntime (pip install 'dupedash[models]').
    """
    with context.opened(context.only() if file or forgotten else context.existing()) as collection:
        if not isinstance(collection, EmbeddedCollection):
            raise Unsupported(
                "A Flow server finds its candidates itself: no model can help it.", collection.name
            )
        folder = collection.store.folder
        if file or forgotten:
            context.settings.must_write()
        if forgotten:
            forget(folder)
        elif file:
            Network(file.expanduser())
            choose(folder, file)
        used = chosen(folder)
    said = f"{printable(str(used.path))} ({used.short})" if used else "none"
    click.echo(f"model       {said}")
