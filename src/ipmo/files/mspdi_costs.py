"""What tasks cost in Microsoft Project's XML (MSPDI): the baseline is the budget, by period where the file has it so."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from ipmo.files.foreign import Intake, TaskFields
from ipmo.files.mspdi_elements import instant
from ipmo.files.xml_elements import Element
from ipmo.model.estimates import Fixed
from ipmo.model.money import Budget, BudgetLine, as_budget
from ipmo.units import NO_CURRENCY, Money

__all__ = ["Costs", "cents", "total_of"]

TASK_BASELINE_COST, ASSIGNMENT_BASELINE_COST = "10", "5"
MOST_SHARE = 1000
"""How often the sum of all periods one of them may be, to or fro."""
"""The types of timephased data that are the cost of a baseline."""


class Costs:
    """Reads what tasks cost.

    Args:
        intake: takes the findings.
        currency: that of the file; empty where it names none, and costs are then counted and left out.
        baselines: the baselines of what is assigned to each task, by its UID.
    """

    def __init__(self, intake: Intake, currency: str, baselines: Mapping[str, Sequence[Element]]) -> None:
        self.intake, self.currency, self.baselines = intake, currency, baselines
        self.unnamed = 0
        """Tasks whose costs are in no currency."""

    def read(self, row: Element, fields: TaskFields, *, as_written: bool) -> None:
        """The cost of the baseline is the budget, the current one the forecast; without a baseline the current one is the budget.

        Args:
            row: the task.
            fields: takes them.
            as_written: ipmo wrote the file: a current cost that is the budget says nothing of its own.
        """
        now, spent = self._money(row, "Cost", row), self._money(row, "ActualCost", row)
        planned: Budget | None = None
        for baseline in row.all("Baseline"):
            if (baseline.get("Number") or "0") == "0" and (cost := self._money(baseline, "Cost", row)):
                planned = self._planned(row, baseline, cost)
        if not (now or spent or planned):
            return
        if not self.currency:
            self.unnamed += 1
            return
        if planned is None:
            if now is not None:
                fields["budget"] = as_budget(now)
        else:
            fields["budget"] = planned
            if now is not None and not (as_written and as_budget(now) == planned):
                fields["forecast"] = as_budget(now)
        if spent is not None:
            fields["actual"] = as_budget(spent)

    def _planned(self, row: Element, baseline: Element, cost: Money) -> Budget:
        """The cost of a baseline: by period where the file says so, of the task or of what is assigned to it, in shares of its sum.

        Where credits of some periods leave next to nothing of a sum, or all of it, no share says when it is spent.
        """
        parts = self._parts([baseline], TASK_BASELINE_COST)
        parts = parts or self._parts(self.baselines.get(row.get("UID") or "", ()), ASSIGNMENT_BASELINE_COST)
        total = sum(parts.values(), Decimal(0))
        if parts and max(map(abs, parts.values())) > MOST_SHARE * total:
            self.intake.note(
                "timephased",
                f"the periods of the baseline cost of task {row.get('Name') or row.get('UID')!r} cancel each other out; it is read as one amount",
                line=row.line,
            )
        if not parts or max(map(abs, parts.values())) > MOST_SHARE * total:
            return as_budget(cost)
        amounts = [(cost.amount * value / total).quantize(Decimal("0.01")) for value in parts.values()]
        amounts[-1] += cost.amount - sum(amounts)
        return Budget(
            tuple(
                BudgetLine(amount=Fixed(Money(amount.normalize() + 0, cost.currency)), since=first, until=last)
                for (first, last), amount in zip(parts, amounts, strict=True)
            )
        )

    def _parts(self, baselines: Iterable[Element], kind: str) -> dict[tuple[datetime, datetime], Decimal]:
        """What falls into each period, in order."""
        found: dict[tuple[datetime, datetime], Decimal] = {}
        for baseline in baselines:
            for part in baseline.all("TimephasedData"):
                if part.get("Type") != kind:
                    continue
                read = self.intake.tolerated
                value = read(functools.partial(self.intake.number, part.get("Value"), "Value"), part.line)
                first, last = (read(functools.partial(instant, self.intake, part, name), part.line) for name in ("Start", "Finish"))
                if value and first is not None and last is not None and last > first:
                    found[first, last] = found.get((first, last), Decimal(0)) + value
        return dict(sorted(found.items()))

    def _money(self, node: Element, name: str, row: Element) -> Money | None:
        cents = self.intake.tolerated(lambda: self.intake.number(node.get(name), name), row.line)
        if cents is not None and self.currency:
            what = {"Cost": "baseline cost" if node is not row else "cost", "ActualCost": "actual cost"}[name]
            cents = self.intake.not_negative(cents, what, row.get("Name") or row.get("UID") or "", row.line)
        return Money((cents / 100).normalize() + 0, self.currency or NO_CURRENCY) if cents else None


def total_of(budget: Budget, currency: str) -> Decimal | None:
    """The sum of a budget in a currency; None where a line is in another one, or unknown."""
    total = Decimal(0)
    for line in budget.lines:
        central = line.amount.central() if line.amount is not None else None
        if not isinstance(central, Money) or central.currency != currency:
            return None
        total += central.amount
    return total


def cents(amount: Decimal) -> str:
    """An amount in hundredths, as Project writes money."""
    return format((amount * 100).normalize(), "f")
