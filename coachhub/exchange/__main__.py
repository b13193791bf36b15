"""Run the engine's commands alone: ``python -m coachhub.exchange``."""

from coachhub.exchange.commands import exchange

exchange(prog_name="coachhub exchange")
