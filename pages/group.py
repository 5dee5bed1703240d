"""Group: one group in its own gallery, with a link of its own."""

from dupedash.ui import gallery, state

gallery.draw(state.current())
