"""The order of hand-overs by hand: least float to a commitment, then what a delay loses, then what is nearest; what leads to no commitment last."""

from __future__ import annotations

from typing import Any

import ipmo

PLAN: dict[str, tuple[int, int, str | None, str | None]] = {
    "five": (10, 5, "2026-03-21", None),  # ends on 16 March, five days left
    "one": (10, 5, "2026-03-17", None),
    "dear": (10, 5, None, "100 M GBP"),  # no commitment
    "missed": (10, 5, "2026-03-14", None),
    "small": (10, 5, "2026-03-21", "1 M GBP"),
    "large": (10, 5, "2026-03-21", "5 M GBP"),
    "near": (4, 11, "2026-03-21", None),  # five days left as well, handed over on 5 March
    "plain": (10, 5, None, None),
}
"""Days of the giver, days of the receiver, its stated finish, the benefit that it enables."""


def test_what_a_director_loses_first_stands_first_and_an_item_with_two_receivers_once() -> None:
    projects: list[dict[str, Any]] = []
    for name, (give, take, finish, _) in PLAN.items():
        stated = {} if finish is None else {"finish": finish}
        projects.append({"id": f"g-{name}", "tasks": [{"id": "t", "duration": f"{give} d"}]})
        projects.append({"id": f"r-{name}", "tasks": [{"id": "u", "duration": f"{take} d"}], **stated})
    money = {"currency": "GBP", "discount": "five", "price_base": {"year": 2026, "terms": "real"}}
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-03-02", "status_date": "2026-03-02", "calendar": "continuous", "money": money},
            "discounts": [{"id": "five", "bands": [{"rate": 0.05}]}],
            "projects": projects,
            "links": [{"from": f"g-{name}/t", "to": f"r-{name}/u"} for name in PLAN] + [{"from": "g-five/t", "to": "r-plain/u"}],
            "benefits": [{"id": f"B-{n}", "enabled_by": [f"r-{n}/u"], "value": worth} for n, (*_, worth) in PLAN.items() if worth],
        }
    )
    rows = ipmo.critical_links(pf).hand_overs
    assert [row.item for row in rows] == [f"g-{name}/t" for name in ("missed", "one", "large", "small", "near", "five", "dear", "plain")]
    assert {row.item: row.targets for row in rows}["g-five/t"] == ("r-five/u", "r-plain/u")
