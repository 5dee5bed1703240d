"""How a size is said, the same on every page, in every report and on the command line."""

from __future__ import annotations

_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def size(number: float | None) -> str:
    """Bytes as a person says them: "1.2 MB" (1 MB = 1,000,000 bytes); "unknown" for None."""
    if number is None:
        return "unknown"
    value, unit = float(number), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 or value >= 100 else f"{value:.1f} {_UNITS[unit]}"
