"""Group: one group in its own gallery, with a link of its own."""

from dupedash.ui import state
from dupedash.ui.review import gallery

gallery.draw(state.current())
