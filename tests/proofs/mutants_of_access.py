"""The map of who may what, one line weaker at a time, and each view with a weaker permission.

What is expected is written down in `tests/walls/who_may.txt`, for people to read in a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from coachhub.core.access import permission_of
from coachhub.permissions import WHO_MAY, Permission, Standing

WRITTEN = Path(__file__).parents[1] / "walls" / "who_may.txt"
Map = Mapping[Permission, frozenset[Standing]]


@dataclass(frozen=True)
class AccessMutant:
    """A weaker line: of the map, or of one view."""

    name: str
    who_may: Map
    endpoint: str = ""
    permission: Permission = Permission.OPEN_LINK


def told(app: Flask, who_may: Map = WHO_MAY, weaker: Mapping[str, Permission] | None = None) -> str:
    """Write down who may what: each permission's standings, each view's permission."""
    lines = [
        f"{permission.name}: {', '.join(sorted(one.value for one in who_may[permission]))}"
        for permission in sorted(who_may, key=lambda one: one.name)
    ]
    lines.append("")
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, str(one))):
        permission = permission_of(app.view_functions[rule.endpoint])
        permission = (weaker or {}).get(rule.endpoint, permission) if permission else None
        methods = "/".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"{rule} {methods}: {permission.name if permission else 'closed'}")
    return "\n".join(lines) + "\n"


def mutants(app: Flask) -> Iterator[AccessMutant]:
    """Return each line of the map with one more standing, each view with a wider permission."""
    for permission, standings in WHO_MAY.items():
        for standing in sorted(set(Standing) - standings):
            wider = {**WHO_MAY, permission: standings | {standing}}
            yield AccessMutant(f"map {permission.name}: {standing.value} too", wider)
    for endpoint, view in sorted(app.view_functions.items()):
        declared = permission_of(view)
        if declared in {None, Permission.OPEN_LINK}:
            continue
        for wider in _wider(declared):
            yield AccessMutant(f"view {endpoint}: {wider.name} is enough", WHO_MAY, endpoint, wider)


def _wider(permission: Permission | None) -> list[Permission]:
    """Return what lets more in: everybody, and the nearest that lets in some more."""
    if permission is None:
        return []
    mine = WHO_MAY[permission]
    near = [one for one in Permission if WHO_MAY[one] > mine]
    return [Permission.OPEN_LINK, *sorted(near, key=lambda one: len(WHO_MAY[one]))[:1]]


def noticed(app: Flask, mutant: AccessMutant) -> bool:
    """Say whether what is written down differs."""
    weaker = {mutant.endpoint: mutant.permission} if mutant.endpoint else {}
    return told(app, mutant.who_may, weaker) != WRITTEN.read_text(encoding="utf-8")
