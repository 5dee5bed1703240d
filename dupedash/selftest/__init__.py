"""The engine tried on the user's own images: copies of which all is known, made in memory."""
