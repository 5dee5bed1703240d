"""What a scan that was made elsewhere does not let people do here, said where they would look for it."""

from __future__ import annotations

from dupedash.connect import Engine
from dupedash.ui.shared import widgets
from dupedash.ui.state import View

SCAN = "It was scanned on the machines where its images are; scan there again, and open the result here."
CHECK = "To search in it needs its descriptions at hand: check where it was scanned."
CLEAR = (
    "Its files are not on this machine. Judge the groups here, take the list from Share (CSV or JSON), and "
    "clear where the images are."
)
ADD = "Images are added where it is scanned: the next scan describes only what is new."


def refused(view: View, why: str) -> bool:
    """Whether the collection is one of these; then says why."""
    if view.connection is None or view.connection.engine is not Engine.ELSEWHERE:
        return False
    widgets.empty(":material/cloud:", "This collection can only be looked at here", why)
    return True
