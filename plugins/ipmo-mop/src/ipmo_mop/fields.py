"""What the method adds to a portfolio, a project and a benefit beside scores and envelopes: cases, bookings, limits, the pipeline."""

from __future__ import annotations

from datetime import date

import attrs

from ipmo import Money, Span
from ipmo.model import doc
from ipmo.plugin import Shown, UnitError

__all__ = [
    "BY",
    "OF",
    "OUTCOMES",
    "Booking",
    "BusinessCase",
    "ChangeLimit",
    "ConcentrationLimit",
    "Contract",
    "Idea",
    "Supplier",
    "Tranche",
]

OF = ("initiative", "supplier", "supplier group", "technology", "person")
BY = ("budget", "exposure", "contract")
"""Who may hold much, and of what."""


@attrs.frozen(kw_only=True)
class BusinessCase(Shown):
    """On what terms the case of a project was made; of a portfolio, on what terms all should be.

    Args:
        discount: the rate, or the name of the schedule, that it is discounted by; the portfolio's when left out.
        horizon: how long costs and benefits are counted.
        optimism: how optimism is treated: not at all, inside the estimates, or as an uplift on top of them.
        confidence: the share of outcomes that its cost covers: 0.5 for P50; the portfolio's when left out.
    """

    discount: str = ""
    horizon: Span | None = None
    optimism: str = attrs.field(default="", metadata=doc("how optimism is treated", choices=("", "none", "inside", "uplift")))
    confidence: float | None = attrs.field(default=None, metadata={"unit": "share"})


@attrs.frozen(kw_only=True)
class Booking(Shown):
    """Where a benefit is taken out of a budget, or put into a target.

    Args:
        line: name of the budget or target.
        owner: id of who answers for that line.
        amount: what is booked there, a year.
    """

    line: str
    owner: str = attrs.field(default="", metadata=doc("who answers for that line", refers="owner"))
    amount: Money | None = None


@attrs.frozen(kw_only=True)
class ConcentrationLimit(Shown):
    """How much may lie in few hands.

    Args:
        of: what: initiatives; suppliers (the attribute `supplier` of a task, else its project, else their contracts), groups of suppliers under one owner;
            technologies (the attribute `technology`); people (owners).
        top: how many of the largest count together.
        most: the share that they may have at most.
        by: what is counted: planned cost, what open threats cost on average, or of suppliers what contracts that run still commit to.
    """

    of: str = attrs.field(metadata=doc("what", choices=OF))
    top: int = 1
    most: float = attrs.field(metadata={"unit": "share"})
    by: str = attrs.field(default="budget", metadata=doc("what is counted", choices=BY))

    def __attrs_post_init__(self) -> None:
        if self.top < 1 or not 0 < self.most < 1:
            raise UnitError(f"concentration of {self.of}: top is 1 at least, and most a share between 0 and 100 %")


@attrs.frozen(kw_only=True)
class ChangeLimit(Shown):
    """How much change a part of the business takes.

    Args:
        area: the part of the business, as the attribute `goes_live_in` of tasks and milestones names it.
        most: how many go live in it in a period, at most.
        every: the period.
    """

    area: str
    most: int
    every: str = attrs.field(default="month", metadata=doc("the period", choices=("month", "quarter")))

    def __attrs_post_init__(self) -> None:
        if self.most < 0:
            raise UnitError(f"{self.area} takes {self.most} changes; write 0 or more")


OUTCOMES = ("proposal", "rejected", "merged", "withdrawn")
"""What may become of an idea."""


@attrs.frozen(kw_only=True)
class Idea(Shown):
    """Something that is asked for, before it is a proposal.

    Args:
        id: its name.
        name: title.
        raised: the day on which it came in.
        by: who asks for it: an id, or a free name.
        decided: the day on which something was decided.
        outcome: what: it became a proposal, was turned down, went into another one, or was taken back.
        became: the project that it became, or went into.
        reason: why.
    """

    id: str
    name: str = ""
    raised: date | None = None
    by: str = attrs.field(default="", metadata=doc("who asks for it", refers="owner"))
    decided: date | None = None
    outcome: str = attrs.field(default="", metadata=doc("what was decided", choices=("", *OUTCOMES)))
    became: str = attrs.field(default="", metadata=doc("the project that it became", refers="project"))
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        if (self.decided is None) == bool(self.outcome):
            raise UnitError(
                f"idea {self.id!r} has {'an outcome and no day' if self.outcome else 'a day and no outcome'}; write decided: and outcome:, or neither"
            )
        if self.decided is not None and self.raised is not None and self.decided < self.raised:
            raise UnitError(f"idea {self.id!r} was decided on {self.decided}, before it was raised on {self.raised}")


@attrs.frozen(kw_only=True)
class Supplier(Shown):
    """Somebody outside who is paid for work.

    Args:
        id: its name in the portfolio: what the attribute `supplier` of work says, which may say the title too.
        name: title.
        group: the owner that it shares with other suppliers: what stops one may stop all.
    """

    id: str
    name: str = ""
    group: str = ""


@attrs.frozen(kw_only=True)
class Contract(Shown):
    """What was agreed with a supplier.

    Args:
        id: its name.
        name: title.
        supplier: id of the supplier.
        items: programmes, projects or tasks that it is for.
        value: what it is worth in all.
        paid: of it so far.
        starts, ends: its first and last day.
    """

    id: str
    name: str = ""
    supplier: str
    items: tuple[str, ...] = attrs.field(default=(), metadata=doc("what it is for", refers="item"))
    value: Money | None = None
    paid: Money | None = None
    starts: date | None = None
    ends: date | None = None

    def __attrs_post_init__(self) -> None:
        for what, amount in (("value", self.value), ("paid", self.paid)):
            if amount is not None and amount.amount < 0:
                raise UnitError(f"contract {self.id!r}: {what} is {amount}; an amount is not negative")
        if self.starts is not None and self.ends is not None and self.ends < self.starts:
            raise UnitError(f"contract {self.id!r} ends on {self.ends}, before it starts on {self.starts}")


@attrs.frozen(kw_only=True)
class Tranche(Shown):
    """A part of a project's money that is released by itself.

    Args:
        id: its name.
        name: title.
        amount: the money.
        gate: the gate of the project whose go releases it.
        on: the day that releases it, where no gate does.
        makes: items that it makes possible, beside what stands behind its gate.
    """

    id: str
    name: str = ""
    amount: Money
    gate: str = attrs.field(default="", metadata=doc("the gate that releases it", refers="item"))
    on: date | None = None
    makes: tuple[str, ...] = attrs.field(default=(), metadata=doc("items that it makes possible", refers="item"))

    def __attrs_post_init__(self) -> None:
        if bool(self.gate) == (self.on is not None):
            raise UnitError(f"tranche {self.id!r} is released by one thing; write gate: or on:")
        if self.amount.amount < 0:
            raise UnitError(f"tranche {self.id!r} is {self.amount}; an amount is not negative")
