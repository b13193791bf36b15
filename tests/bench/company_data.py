"""The open pairs and listings, where they stand beside the checkout."""

import csv
from dataclasses import dataclass
from pathlib import Path

FOLDERS = (Path("../shared/data"), Path("../../shared/data"))


@dataclass(frozen=True)
class Pair:
    """Two names, whether a person said they are one company, and what makes them hard."""

    name_a: str
    name_b: str
    same: bool
    kind: str


@dataclass(frozen=True)
class Listing:
    """A listed name and its id in the registry, empty if it is not there."""

    name: str
    identity: str


def _folder() -> Path | None:
    return next((folder for folder in FOLDERS if (folder / "company_pairs.csv").exists()), None)


def is_here() -> bool:
    """Whether the open data stands beside the checkout."""
    return _folder() is not None


def _read(name: str) -> list[dict[str, str]]:
    folder = _folder()
    if folder is None:
        raise FileNotFoundError(name)
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs() -> list[Pair]:
    """The labelled pairs."""
    return [
        Pair(row["name_a"], row["name_b"], row["same"] == "1", row["kind"])
        for row in _read("company_pairs.csv")
    ]


def listings() -> list[Listing]:
    """The listed names."""
    return [Listing(row["name"], row["id"]) for row in _read("company_listings.csv")]


def registry() -> list[tuple[str, str]]:
    """The registry: id and name."""
    return [(row["id"], row["name"]) for row in _read("company_registry.csv")]
