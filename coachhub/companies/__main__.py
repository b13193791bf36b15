"""Runs the room's command line alone: `python -m coachhub.companies`."""

from coachhub.companies.commands import companies

companies(prog_name="coachhub companies")
