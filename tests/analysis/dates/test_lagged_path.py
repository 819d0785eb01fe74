"""A lag is part of the path: criticalpath 0.1.5 dates B by it, and says 7 days and A, C for the same plan."""

from __future__ import annotations

import ipmo


def test_a_task_held_up_by_a_lag_alone_is_critical() -> None:
    tasks = [
        {"id": "A", "duration": "3 d"},
        {"id": "B", "duration": "3 d", "after": [{"from": "A", "lag": "2 d"}]},
        {"id": "C", "duration": "4 d", "after": ["A"]},
    ]
    portfolio = {"id": "x", "start": "2026-01-05", "calendar": "continuous"}
    s = ipmo.schedule(ipmo.from_dict({"ipmo": 1, "portfolio": portfolio, "projects": [{"id": "p", "tasks": tasks}]}))
    assert s.finish is not None
    assert (s.finish - s["p/A"].early_start).days == 8
    assert [one for one in ("A", "B", "C") if s[f"p/{one}"].critical] == ["A", "B"]
    assert s["p/C"].total_float == 1
