"""What hatchling asks us when it builds: which plugins there are, and what goes where."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

BESIDE = ("templates", "translations", "migrations")
ASSETS = ("tabler.min.css", "htmx.min.js")


def shelf(root: Path) -> list[Path]:
    """Return the folder of every plugin on the shelf, in the order of their names."""
    return sorted(found.parent for found in (root / "plugins").glob("coachhub_*/__init__.py"))


class EntryPoints(MetadataHookInterface):
    """Tells the entry point of every plugin: ``pitch = coachhub_pitch:plugin``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add them to what pyproject.toml says."""
        names = [folder.name for folder in shelf(Path(self.root))]
        metadata["entry-points"] = {
            "coachhub.plugins": {name.removeprefix("coachhub_"): f"{name}:plugin" for name in names}
        }


class Contents(BuildHookInterface):  # type: ignore[type-arg] # its parameter is hatchling's own
    """Puts templates and migrations into the package, and the plugins beside it.

    Only into a wheel: an editable install reads the checkout and must not keep stale copies.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say where things go; refuse a wheel whose pages would load nothing."""
        if version != "standard":
            return
        root = Path(self.root)
        vendor = root / "coachhub" / "static" / "vendor"
        missing = [name for name in ASSETS if not (vendor / name).is_file()]
        if missing:
            raise FileNotFoundError(f"{missing} not in {vendor}: run `make assets` first.")
        if not (root / "coachhub" / "packed").is_dir():
            raise FileNotFoundError("Nothing is packed: run `make assets` first.")
        places = build_data["force_include"]
        for name in BESIDE:
            places[str(root / name)] = f"coachhub/{name}"
        for folder in shelf(root):
            places[str(folder)] = folder.name
