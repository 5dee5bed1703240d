"""The picture behind a location, where it may be read."""

from __future__ import annotations

from pathlib import Path

from dupedash import images
from dupedash.errors import UnreadableImage
from dupedash.fetch import fetch
from dupedash.flow.client.settings import ImageAccess


def read_picture(location: str, access: ImageAccess) -> bytes | None:
    """The bytes of the image file; None where it may not be read. Raises UnreadableImage."""
    if location.startswith(("http://", "https://")):
        return fetch(location, access.urls) if access.urls.allowed else None
    path = _allowed(location, access)
    return None if path is None else images.read_file(path)


def _allowed(location: str, access: ImageAccess) -> Path | None:
    """The real path of a local image below one of the roots; links are followed before that is judged."""
    if not access.roots or not Path(location).is_absolute():
        return None
    try:
        path = Path(location).resolve(strict=True)
        inside = any(path.is_relative_to(root.resolve()) for root in access.roots)
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableImage(location, "cannot be opened") from error
    return path if inside else None
