"""The page of all pictures: a row for each page, a column for each role, width and theme."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup, escape

_SHEET = """
body { margin: 1rem; font: 14px/1.4 system-ui, sans-serif; color-scheme: light dark; }
table { border-collapse: collapse; }
th, td { padding: 0.4rem; border-block-end: 1px solid #8886; vertical-align: top; }
thead th { position: sticky; inset-block-start: 0; background: Canvas; }
tbody th { position: sticky; inset-inline-start: 0; background: Canvas; text-align: start; }
img { inline-size: 11rem; max-block-size: 16rem; object-fit: cover; object-position: top; }
small { display: block; max-inline-size: 16rem; overflow-wrap: anywhere; font-weight: 400; }
"""


def write_page(folder: Path, taken: Mapping[tuple[str, str], Sequence[str]]) -> None:
    """Write index.html; `taken` maps (endpoint, path) to files as ``coach/page-390-dark.png``."""
    columns = sorted({_column(name) for names in taken.values() for name in names})
    rows: dict[str, dict[tuple[str, str], str]] = {}
    where: dict[str, str] = {}
    for (endpoint, path), names in taken.items():
        where.setdefault(endpoint, path)
        rows.setdefault(endpoint, {}).update({_column(name): name for name in names})
    head = Markup("").join(
        Markup("<th scope=col>{}<br>{}</th>").format(role, way) for role, way in columns
    )
    lines = Markup("\n").join(
        Markup("<tr><th scope=row>{}<small>{}</small></th>{}</tr>").format(
            endpoint, where[endpoint], Markup("").join(_cell(row.get(one)) for one in columns)
        )
        for endpoint, row in sorted(rows.items())
    )
    page = Markup(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>Every page</title>"
        "<style>{}</style></head><body><h1>Every page</h1><p>{} pages</p>"
        "<table><thead><tr><th scope=col>Page</th>{}</tr></thead><tbody>\n{}\n</tbody></table>"
        "</body></html>\n"
    ).format(Markup(_SHEET), len(rows), head, lines)  # noqa: S704 - our own style sheet
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(str(page), encoding="utf-8")


def _column(name: str) -> tuple[str, str]:
    role, _, rest = name.partition("/")
    size, theme = rest.removesuffix(".png").rsplit("-", 2)[-2:]
    return role, f"{size} {theme}"


def _cell(name: str | None) -> Markup:
    if name is None:
        return Markup("<td></td>")
    return Markup('<td><a href="{0}"><img src="{0}" alt="" loading=lazy></a></td>').format(
        escape(name)
    )
