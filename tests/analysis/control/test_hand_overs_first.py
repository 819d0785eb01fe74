"""What was to be handed over and is overdue stands first, with hand-overs that are missed, wherever commitments are listed."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

import ipmo
from ipmo.cli.shell import main

PF = """
ipmo: 1
portfolio: {id: pf, start: 2026-01-01, status_date: 2026-06-01, calendar: continuous}
projects:
  - {id: p, state: active, tasks: [{id: big, duration: 10 d, deadline: 2026-05-01}, {id: m, milestone: true}]}
  - {id: y, state: active, tasks: [{id: t, duration: 10 d}]}
links: [{id: LM, from: p/m, to: y/t, needed: 2026-05-12}]
"""


def test_an_overdue_hand_over_stands_before_a_missed_deadline(tmp_path: Path) -> None:
    """Ten days from 1 June end on the 10th, 40 late; LM was needed by 12 May and nothing says when it comes."""
    path = tmp_path / "pf.yaml"
    path.write_text(PF)
    assert [row.name for row in ipmo.schedule(path).commitments.broken] == ["LM", "p/big"]
    said = CliRunner().invoke(main, ["status", str(path)]).output.splitlines()
    assert said[0].startswith("overdue: LM: needed by 2026-05-12") and said[1].startswith("late: p/big misses its deadline by 40 d")
    html = " ".join(re.sub(r'<span class="day">(.*?)</span>', r"\1", ipmo.read(path).report().html).split())
    first = html[html.index('id="kept"') :]
    assert first.index("needed by 2026-05-12, overdue") < first.index("40 d late")
    assert "1 hand-over among them" in html
