"""Any collection as a Flow server.

>>> app = create_app(collection, name="photos", settings=ServerSettings())
>>> TestClient(app).get("/api/cores/photos/select?q=*:*&rows=0").json()["response"]["numFound"]
15
"""

from dupedash.flow.server.app import create_app
from dupedash.flow.server.serve import serve
from dupedash.flow.server.settings import ServerSettings

__all__ = ["ServerSettings", "create_app", "serve"]
