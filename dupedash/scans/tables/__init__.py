"""The tables of a stored scan: its columns, the parts of an unfinished one, their merging, rows in memory."""
