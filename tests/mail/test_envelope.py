"""The envelope's addresses are said as `smtplib` would say them, and stay on one line."""

from __future__ import annotations

import smtplib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachhub.mail.relay import _in_brackets

atoms = st.text(alphabet="abzAZ059_-+=", min_size=1, max_size=20)
dotted = st.lists(atoms, min_size=1, max_size=4).map(".".join)
hosts = st.lists(st.text(alphabet="az09-", min_size=1), min_size=1, max_size=4).map(".".join)
odd = st.text(alphabet='ab.@<>"\\ ,;:()[]\r\n\té\u202e', max_size=30)


@given(st.builds("{}@{}".format, dotted, hosts) | st.emails())
def test_a_plain_address_is_said_as_smtplib_says_it(address: str) -> None:
    assert _in_brackets(address) == smtplib.quoteaddr(address)


@given(odd | st.builds("{}@{}".format, odd, hosts))
def test_whatever_else_stands_there_smtplib_decides(address: str) -> None:
    assert _in_brackets(address) == smtplib.quoteaddr(address)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\nRCPT TO:<eve@example.org>", " SIZE=9", ">"])
def test_nothing_comes_behind_a_plain_address_unseen(end: str) -> None:
    address = f"mia@example.org{end}"
    assert _in_brackets(address) == smtplib.quoteaddr(address)
