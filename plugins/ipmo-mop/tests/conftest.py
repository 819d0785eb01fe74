"""What the tests of the rules share: a portfolio's first lines, and what a check says about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
from ipmo.plugin import CheckContext
from ipmo_mop import MOP

HEAD = """
ipmo: 1
portfolio: {id: pf, start: 2026-01-01, status_date: 2026-06-01, calendar: continuous, money: {currency: GBP}, methodologies: {portfolio: mop}}
people: [{id: lead, kind: role}, {id: sro, kind: role, permanent: true}]
"""


@pytest.fixture
def head() -> str:
    """The first lines of each portfolio: who there is, and which day it is."""
    return HEAD


@pytest.fixture
def heard(tmp_path: Path):  # type: ignore[no-untyped-def]  # a function of text and code
    """What a check says about a portfolio, by its text."""

    def run(code: str, text: str, head: str = HEAD) -> list[str]:
        path = tmp_path / "pf.yaml"
        path.write_text(head + text, encoding="utf-8")
        check = next(c for c in MOP.checks if c.code == f"mop/{code}")
        return [f.message for f in check.run(CheckContext(portfolio=ipmo.read(path)))]

    return run
