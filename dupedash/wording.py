"""How sizes, numbers and times are said, the same on every page, in every report and on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def size(number: float | None) -> str:
    """Bytes as a person says them: "1.2 MB" (1 MB = 1,000,000 bytes); "unknown" for None."""
    if number is None:
        return "unknown"
    value, unit = float(number), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 or value >= 100 else f"{value:.1f} {_UNITS[unit]}"


def count(number: int) -> str:
    """1204 → "1,204"."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """(1, "image") → "1 image"; (1204, "image") → "1,204 images"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float | None) -> str:
    """Roughly how long: "under a second", "about 12 s", "about 4 min", "about 2 h 10 min"."""
    if seconds is None:
        return "unknown"
    if seconds < 1:
        return "under a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} min"
    return f"about {minutes // 60} h {minutes % 60} min"


def rate(per_second: float) -> str:
    """ "1,204 a second", "2.4 a second", "18 a minute": never 0 where something is done."""
    if per_second >= 10:
        return f"{per_second:,.0f} a second"
    return f"{per_second:.1f} a second" if per_second >= 1 else f"{60 * per_second:.2g} a minute"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """ "just now", "5 min ago", "3 h ago", "yesterday", else the date (UTC)."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 24 * 3600:
        return f"{seconds // 3600:.0f} h ago"
    if seconds < 48 * 3600:
        return "yesterday"
    return when(moment)


def when(moment: datetime) -> str:
    """The date and time of the day, UTC: "22 Nov 2026, 17:05"."""
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def share(part: int, whole: int) -> str:
    """ "12 %"; "0 %" where there is no whole. Rounded down: 100 % is said of all only."""
    return f"{100 * part // whole} %" if whole else "0 %"


def moment(at: datetime) -> str:
    """Short, for tables: "2026-11-22 17:05"."""
    return f"{at:%Y-%m-%d %H:%M}"


def field_value(value: object) -> str:
    """A value of a field as filters write it, several with commas between: "true", "2026-11-22 17:05"."""
    if isinstance(value, tuple):
        return ", ".join(map(field_value, value))
    if isinstance(value, bool):
        return str(value).lower()
    return moment(value) if isinstance(value, datetime) else str(value)
