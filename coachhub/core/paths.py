"""Where the files beside the code are: in the checkout, or in the installed wheel.

A checkout goes first: an editable install may keep stale copies inside the package.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parent


def _beside_or_inside(name: str) -> Path:
    beside = CHECKOUT / name
    return beside if (CHECKOUT / "pyproject.toml").exists() and beside.is_dir() else PACKAGE / name


def templates() -> Path:
    """Return the folder of page and letter templates."""
    return _beside_or_inside("templates")


def translations() -> Path:
    """Return the folder of what pages and letters say in other languages, room by room."""
    return _beside_or_inside("translations")


def migrations() -> Path:
    """Return the folder of the migrations."""
    return _beside_or_inside("migrations")


def static() -> Path:
    """Return the folder of style sheets, scripts and icons."""
    return PACKAGE / "static"


def packed() -> Path:
    """Return the folder of the same, compressed, that ``make assets`` fills."""
    return PACKAGE / "packed"
