"""Who is responsible, accountable, consulted and informed: worked by hand on a small portfolio."""

from __future__ import annotations

from typing import Any

import ipmo
import ipmo_p3o

DATA: dict[str, Any] = {
    "ipmo": 1,
    "portfolio": {"id": "city", "start": "2026-01-05"},
    "people": [{"id": name} for name in ("sro", "lead", "crew", "ops", "fd")],
    "organisation": {
        "bodies": [
            {"id": "board", "level": "portfolio", "members": ["fd", "ops"]},
            {"id": "transit-board", "level": "programme", "reports_to": "board", "members": ["sro"]},
        ],
        "offices": [{"id": "pmo", "type": "portfolio", "permanent": True, "reports_to": "board"}],
    },
    "programmes": [{"id": "transit", "owner": "sro"}],
    "projects": [
        {
            "id": "tram", "programme": "transit", "owner": "lead", "tasks": [{"id": "build", "duration": "9 d", "owner": "crew"}],
            "gates": [{"id": "g1"}, {"id": "g2", "body": "board"}], "risks": [{"id": "ground", "owner": "lead", "actionee": "crew"}],
        },
        {"id": "depot", "programme": "transit"},
    ],
    "gates": [{"id": "zero", "programme": "transit"}],
    "decisions": [{"id": "route", "item": "tram", "body": "board"}, {"id": "name"}],
    "benefits": [{"id": "fares", "owner": "ops", "enabled_by": "tram/build"}],
}  # fmt: skip


def test_worked_by_hand() -> None:
    found = {row.item: row for row in ipmo_p3o.raci(ipmo.from_dict(DATA))}
    assert {name: (row.responsible, row.accountable, row.consulted) for name, row in found.items()} == {
        "transit": (("lead",), "sro", ()),
        "zero": (("sro",), "transit-board", ("sro",)),
        "tram": (("crew",), "lead", ()),
        "tram/g1": (("lead",), "", ()),
        "tram/g2": (("lead",), "board", ("fd", "ops")),
        "depot": ((), "", ()),
        "route": (("lead",), "board", ("fd", "ops")),
        "name": ((), "", ()),
        "fares": (("lead",), "ops", ()),
        "tram/ground": (("crew",), "lead", ()),
    }
    assert found["tram"].informed == ("pmo", "board")


def test_gaps_and_one_persons_part() -> None:
    found = ipmo_p3o.raci(ipmo.from_dict(DATA))
    assert [item for item, gap in found.gaps if gap == "nobody is accountable"] == ["tram/g1", "depot", "name"]
    assert found.of("fd") == {"consulted": ("tram/g2", "route")}
    assert found.of("lead")["accountable"] == ("tram", "tram/ground")
    alone = ipmo.from_dict(DATA).evolve("zero", body="transit-board").evolve("transit", owner="sro")
    assert not [gap for item, gap in ipmo_p3o.raci(alone).gaps if item == "zero"]
    assert len(found.table()) == len(found) == 10
    assert repr(found) == "<Raci: 10 items, 5 gaps>"
