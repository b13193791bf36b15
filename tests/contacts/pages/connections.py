"""Files as LinkedIn hands them out."""

from pathlib import Path

ZOO = Path(__file__).parents[1] / "zoo"
HEAD = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
NOTES = 'Notes:\n"Some mail addresses are missing, because people choose who sees them."\n\n'


def linkedin(*rows: str, notes: str = NOTES) -> bytes:
    return (notes + HEAD + "".join(f"{row}\n" for row in rows)).encode()
