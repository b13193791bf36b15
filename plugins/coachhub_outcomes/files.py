"""The report to take along: a table for spreadsheet programs, and a page for paper."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF, FontFace

from coachhub.core.cells import as_csv
from coachhub.core.words import gettext, gettext_noop
from coachhub_outcomes.reporting import COLUMNS, LEGEND, REFERENCES, Report

EXPLAINED = gettext_noop(
    "Figures count groups of at least %(smallest)s people. What is too few to show waits and is"
    " counted with later quarters; it is in no total either. Figures are therefore at least so"
    " high, never less, and none can be worked out by subtracting others. A quarter that was"
    " counted once does not change."
)
_INK, _LINE, _FILL = (33, 37, 41), (190, 190, 190), (240, 240, 240)


def table(report: Report, firm: str, smallest: int) -> str:
    """Return the report as comma-separated values (RFC 4180), with the mark of UTF-8."""
    lines: list[list[str]] = []

    def line(*cells: object) -> None:
        lines.append([gettext("too few") if cell is None else str(cell) for cell in cells])

    line(gettext("Outcomes"), firm, report.selection.period)
    line(gettext("Cohort"), *(gettext(one) for one in COLUMNS.values()))
    for row in (*report.rows, report.total):
        line(row.label, *(row.figures[column] for column in COLUMNS))
    line()
    line(gettext("What led to landings"), gettext("Landings"))
    for label, number in report.kinds:
        line(label, number)
    line()
    line(gettext("For comparison"), gettext("Figure"), gettext("Source"))
    for one in REFERENCES:
        line(gettext(one.what), one.figure, one.source)
    line()
    line(gettext(LEGEND))
    line(gettext(EXPLAINED, smallest=smallest))
    return as_csv(lines)


class _Paper(FPDF):
    """A4 upright, with the number of the page at its foot."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        found = find_spec("font_roboto")
        if found is None or not found.submodule_search_locations:  # pragma: no cover - installed
            raise RuntimeError("The package font-roboto is missing.")
        fonts = Path(found.submodule_search_locations[0]) / "files"
        self.add_font("Roboto", "", fonts / "Roboto-Regular.ttf")
        self.add_font("Roboto", "B", fonts / "Roboto-Bold.ttf")
        self.set_title(title)
        self.set_lang("en-GB")
        self.set_margins(18, 18)
        self.set_auto_page_break(auto=True, margin=18)
        self.set_text_color(*_INK)
        self.set_draw_color(*_LINE)
        self.add_page()

    def footer(self) -> None:
        """Write the page's number."""
        self.set_y(-14)
        self.set_font("Roboto", "", 8)
        self.cell(
            0, 6, gettext("%(number)s of %(last)s", number=self.page_no(), last="{nb}"), align="R"
        )

    def words(self, text: str, size: float = 10, *, bold: bool = False, after: float = 2) -> None:
        """Write a paragraph."""
        self.set_font("Roboto", "B" if bold else "", size)
        self.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(after)

    def lines(self, widths: tuple[int, ...], lines: list[list[str]], *, last: bool) -> None:
        """Write a table; its first line names the columns, its last may be the total."""
        self.set_font("Roboto", "", 8.5)
        head = FontFace(emphasis="BOLD", fill_color=_FILL)
        with self.table(
            col_widths=widths,
            text_align=("LEFT", *["RIGHT"] * (len(widths) - 1)),
            line_height=5,
            headings_style=head,
            borders_layout="HORIZONTAL_LINES",
            padding=1,
        ) as grid:
            for number, cells in enumerate(lines):
                total = last and number == len(lines) - 1
                row = grid.row()
                for cell in cells:
                    row.cell(cell, style=FontFace(emphasis="BOLD") if total else None)
        self.ln(5)


def paper(report: Report, firm: str, smallest: int, lead: str) -> bytes:
    """Return the report as a PDF document, its text real text in any script that Roboto has."""
    page = _Paper(gettext("Outcomes, %(firm)s", firm=firm))
    page.words(firm, 10, after=1)
    page.words(gettext("Outcomes"), 20, bold=True, after=2)
    page.words(report.selection.period, 11, after=2)
    if lead:
        page.words(lead, after=3)
    heads = [["", *(gettext(one) for one in COLUMNS.values())]]
    body = [
        [row.label, *(_cell(row.figures[column]) for column in COLUMNS)]
        for row in (*report.rows, report.total)
    ]
    page.lines((34, *[17] * len(COLUMNS)), heads + body, last=True)
    page.words(gettext(LEGEND), 9, after=4)
    page.words(gettext("What led to landings"), 13, bold=True)
    page.lines(
        (80, 25),
        [["", gettext("Landings")], *([label, _cell(number)] for label, number in report.kinds)],
        last=False,
    )
    page.words(gettext(EXPLAINED, smallest=smallest), 9, after=4)
    page.words(gettext("For comparison"), 13, bold=True)
    for one in REFERENCES:
        page.words(f"{one.figure} {gettext(one.what)}.", 9, after=0)
        page.words(one.source, 8, after=2)
    return bytes(page.output())


def few() -> str:
    """Return what stands where a figure is too small to show."""
    return gettext("too few").replace(" ", "\u00a0")


def _cell(figure: int | None) -> str:
    return few() if figure is None else str(figure)
