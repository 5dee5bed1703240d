"""The Groups page and the page of one group: judge what was found."""
