"""Files on the disk: moved, linked, put aside and back, so that a crash leaves the old or the new state."""
