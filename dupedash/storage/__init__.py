"""How files are kept: written whole or not at all, locked, checked, closed to others.

>>> atomic.write(folder / "kept.txt", "as a whole or not at all")
>>> with locks.held(folder / "lock"):
...     locks.is_held(folder / "lock")
True
"""
