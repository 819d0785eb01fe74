"""Whether the risk register is looked after: risks that can no longer happen, and are still open."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.analysis.control.exposure import window_closed
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.findings import Finding
from ipmo.methods.contract import CheckContext
from ipmo.rules.themes import Theme, fact
from ipmo.units import as_day

__all__ = ["RISK_CHECKS"]


def _windows(context: CheckContext) -> Iterator[Finding]:
    """Open risks whose last day has gone: they no longer count in any exposure."""
    pf = context.portfolio
    for project in pf.projects:
        for risk in project.risks:
            if (
                project.counted_as not in LEFT_OUT
                and risk.state == "open"
                and window_closed(risk, pf.status_date)
                and risk.ends is not None
            ):
                full_id = f"{project.id}/{risk.id}"
                message = f"risk {full_id!r} could happen until {as_day(risk.ends)} and is still open; it counts no longer"
                yield fact("risk-window-closed", full_id, message, "close it, say that it occurred, or move its window")


RISK_CHECKS = (
    Theme(_windows, "ISO 31000:2018, 6.6; PRINCE2 7, risk register").check(
        "risk-window-closed", "An open risk can still happen", "Risks whose window has closed", rule="RSK-R01"
    ),
)
