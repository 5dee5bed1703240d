"""Any collection as a Flow server."""

from dupedash.flow.server.app import create_app
from dupedash.flow.server.serve import serve
from dupedash.flow.server.settings import ServerSettings

__all__ = ["ServerSettings", "create_app", "serve"]
