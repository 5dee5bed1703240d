"""How files are kept: written whole or not at all, locked, checked, closed to others."""
