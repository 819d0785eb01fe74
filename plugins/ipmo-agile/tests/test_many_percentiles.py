"""A thousand promises, each with a percentile of its own, are held against a handful of schedules."""

import ipmo
from ipmo_agile import promised


def test_percentiles_that_lie_in_the_same_periods_share_a_schedule(monkeypatch) -> None:
    forecast = {"agile": {"remaining_items": 30, "throughput": [5, 2, 6, 0, 4], "per": "1 w"}}
    tasks = [{"id": "a", "duration": forecast}]
    for number in range(100):
        named = {"percentile": f"P{51 + number * 0.48:.4f}"}
        tasks.append({"id": f"m{number}", "milestone": True, "after": ["a"], "deadline": "2026-03-01", "attributes": named})
    about = {"id": "t", "status_date": "2026-01-05"}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": about, "projects": [{"id": "p", "methodology": "agile", "tasks": tasks}]})
    made = []
    scheduled = promised.Shares._scheduled  # noqa: SLF001
    monkeypatch.setattr(promised.Shares, "_scheduled", lambda self, spans: made.append(spans) or scheduled(self, spans))
    found = [one for one in ipmo.check(pf) if one.code == "agile/percentile"]
    assert len(found) == 100
    assert 1 < len(made) < 30  # a forecast of whole weeks has few dates; each share had a schedule of its own, 200 of them
