"""One link across a boundary as people read it: how far it can slip, what it puts at risk, and why it ranks where it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs

from ipmo.analysis.dependencies import reasons
from ipmo.analysis.dependencies.handovers import InterfaceAgreement
from ipmo.notebooks import Shown
from ipmo.units import Money

__all__ = ["CriticalLink", "Reached"]


@attrs.frozen(kw_only=True)
class Reached:
    """One target that a link leads to.

    Args:
        target: its name: `P@finish`, a gate, what has a deadline, a benefit.
        kind: portfolio, programme, project, gate, deadline or benefit.
        date: when it is as things stand.
        forecast: nothing is stated about it: that date is only its own forecast.
        drag: days that it would come earlier without the link, on its own calendar.
        float: how far the source can slip before this link moves it; working days of the source. Every day more does.
    """

    target: str
    kind: str
    date: datetime
    forecast: bool
    drag: float
    float: float


@attrs.frozen(kw_only=True)
class CriticalLink(Shown):
    """One link across a boundary.

    Args:
        rank: 1 for the link that matters most.
        id: its id, or `source -> target`.
        source: full id of what is handed over.
        target: full id of what waits for it.
        type: FS, SS, FF or SF.
        lag: as stated.
        boundary: the widest boundary that it crosses: project, programme or portfolio.
        giver: the project that gives; `external:NAME` for what lies outside.
        receiver: the project that receives.
        link_float: how far the source can slip before this link alone moves its target; working days of the source (of the
            target where the source lies outside). None where it holds nothing back any more, where nothing can be said, and of what is
            handed over to outside, which moves nothing here.
        target_float: how far it can slip through this link before a target downstream moves, stated or only forecast; working days.
        nearest: that target.
        commitment_float: how far it can slip before a commitment is missed: its own promised or needed date, or through this link
            one downstream; working days, negative where one is missed already. None where nothing stated depends on it.
        at_risk: that commitment.
        missed: it is missed already, by this link or by another path.
        calendar_date: what is handed over only marks a date in the calendar: no work, nothing before it, a fixed date to come.
        driving: the target is where it is because of this link.
        near: its link float is no more than what was asked for as near (5 days).
        drag: days that the target which it holds back most would come earlier without the link, on the target's calendar;
            0 for links that do not drive.
        drag_on: that target.
        given: when the source gives.
        taken: when the target takes.
        downstream_projects: projects that what is handed over leads into, beyond the giver.
        downstream_benefits: benefits that it leads to.
        value: present value of those benefits; None where none is known.
        loss_float: how far the source can slip before the first benefit of known worth is delayed; working days. None
            without one.
        agreement: who gives and receives, by when, and its issues.
        settled: why it holds nothing back any more, or why nothing can be said; empty for links of open work.
    """

    rank: int
    id: str
    source: str
    target: str
    type: str
    lag: str
    boundary: str
    giver: str
    receiver: str
    link_float: float | None = None
    target_float: float | None = None
    nearest: str | None = None
    commitment_float: float | None = None
    at_risk: str | None = None
    missed: bool = False
    calendar_date: bool = False
    driving: bool = False
    near: bool = False
    drag: float | None = None
    drag_on: str | None = None
    given: datetime | None
    taken: datetime | None
    downstream_projects: tuple[str, ...] = attrs.field(default=(), repr=False)
    downstream_benefits: tuple[str, ...] = attrs.field(default=(), repr=False)
    value: Money | None = None
    loss_float: float | None = None
    agreement: InterfaceAgreement = attrs.field(repr=False)
    settled: str = ""

    @property
    def needed(self) -> datetime | None:
        """When the receiver needs it, as stated."""
        return self.agreement.needed

    @property
    def committed(self) -> datetime | None:
        """When the giver commits to it, as stated."""
        return self.agreement.committed

    @property
    def status(self) -> str | None:
        """Of the agreement, as stated."""
        return self.agreement.status

    @property
    def reason(self) -> str:
        """One sentence that says why it ranks here."""
        return self.said(str)

    def said(self, name: Callable[[str], str]) -> str:
        """The reason in names.

        Args:
            name: what an item is called, by its id.
        """
        if self.settled:
            return self.settled
        return reasons.reason(
            source=name(self.source), target=name(self.target), driving=self.driving, link_float=self.link_float,
            commitment_float=self.commitment_float, at_risk=None if self.at_risk is None else name(self.at_risk), own=self.at_risk == self.id,
            missed=self.missed,
            nearest=None if self.target_float is None or self.nearest is None else (self.target_float, name(self.nearest)), drag=self.drag,
            drag_on=None if self.drag_on is None else name(self.drag_on), projects=len(self.downstream_projects),
            benefits=len(self.downstream_benefits), given=self.given, needed=self.needed, committed=self.committed,
            from_morning=self.agreement.from_morning,
        )  # fmt: skip
