"""Amounts of risks convert on the day of the status date."""

from __future__ import annotations

import ipmo


def test_an_amount_converts_on_the_day_of_a_status_date_with_a_time() -> None:
    """0.5 x 20 k EUR at 0.9, the rate since 1 June; a status date of 17:00 is of its day."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-06-30T17:00", "money": {"currency": "GBP"}},
            "rates": [{"from": "2026-01-01", "per": {"EUR": 0.8}}, {"from": "2026-06-01", "per": {"EUR": 0.9}}],
            "projects": [
                {
                    "id": "a",
                    "tasks": [{"id": "x", "duration": "20 d"}],
                    "risks": [{"id": "r", "before": {"probability": 0.5, "impacts": [{"cost": "20 k EUR"}]}}],
                }
            ],
        }
    )
    assert ipmo.risk_exposure(pf)["pf"].before == 9000
