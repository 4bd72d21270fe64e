"""Time zones by the names that people type: `Europe/Paris`, `europe/paris`, `Paris` or `New York`."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones


class UnknownZone(LookupError):
    """No zone has that name; the message says which ones are near."""


def find_zone(name: str) -> tuple[str, tzinfo]:
    """The zone's full name and the zone. Raises UnknownZone."""
    wanted = "_".join(name.split()).casefold()
    if wanted in ("", "utc"):
        return "UTC", UTC  # known even where the system has no time zone data
    zones = sorted(available_timezones())
    by_name = {zone.rpartition("/")[2].casefold(): zone for zone in reversed(zones)}
    by_name |= {zone.casefold(): zone for zone in zones}
    if found := by_name.get(wanted):
        return found, ZoneInfo(found)
    near = [by_name[key] for key in get_close_matches(wanted, by_name, 3, 0.7)]
    hint = f"Did you mean {' or '.join(dict.fromkeys(near))}?" if near else "Use an IANA name such as Europe/Paris."
    raise UnknownZone(f"There is no time zone {name!r}. {hint}")


def tell_time(name: str, now: datetime) -> str:
    """The moment `now` on the clocks of a zone. Raises UnknownZone."""
    zone_name, zone = find_zone(name)
    local = now.astimezone(zone)
    offset = local.isoformat()[-6:]
    return f"{local:%Y-%m-%d %H:%M:%S} in {zone_name} (UTC{offset})"
