"""How work earns value: the rule that turns progress into a share of the budget (earned value management)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol, runtime_checkable

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError, UnitError
from ipmo.model.fields import Noun, Short, as_nouns, doc
from ipmo.model.reading import IN_PYTHON, Reading, named, noun_of, reads
from ipmo.units import as_date, as_number

__all__ = ["RULES", "Earning", "EarningStep", "Earns", "as_earning", "declared_share"]

RULES = ("percent", "0/100", "50/50", "weighted milestones", "units", "level of effort")
"""Earning rules: percent complete; nothing until done; half at the start and half when done; steps with weights; units
done of all units; level of effort, which earns as planned and is kept apart."""


def _weight(value: float | str) -> float:
    weight = float(as_number(value))
    if weight <= 0:
        raise UnitError(f"a weight must be above 0 (got {value})")
    return weight


def _units(value: float | str) -> float:
    units = float(as_number(value))
    if units < 0:
        raise UnitError(f"a number of units must not be negative (got {value})")
    return units


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class EarningStep(Noun):
    """One step of a piece of work that earns by weighted milestones."""

    name: str = attrs.field(default="", metadata=doc("what must be there"))
    weight: float = attrs.field(default=1.0, converter=_weight, metadata=doc("against the other steps"))
    done: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when it was reached"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Earning(Short):
    """The earning rule of a piece of work.

    In files it is the rule's name, or a mapping: `earning: 50/50`, `earning: {rule: units, total: 120, done: 45}`.
    """

    rule: str = attrs.field(default="percent", metadata=doc("how progress earns", source="ANSI/EIA-748", choices=RULES))
    steps: tuple[EarningStep, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("of weighted milestones"))
    total: float | None = attrs.field(default=None, converter=optional(_units), metadata=doc("units in all"))
    done: float | None = attrs.field(default=None, converter=optional(_units), metadata=doc("units done"))

    def __attrs_post_init__(self) -> None:
        if (self.rule == "weighted milestones") != bool(self.steps):
            raise ModelError.of("steps", "weighted milestones need steps, and only they have them")
        if self.rule == "units":
            if not self.total:
                raise ModelError.of("total", "units need a total above 0")
            if self.done is not None and self.done > self.total:
                raise ModelError.of("done", f"{self.done:g} units are done of {self.total:g}")
        elif self.total is not None or self.done is not None:
            raise ModelError.of(
                "done" if self.total is None else "total", f"only the rule 'units' counts units (the rule is {self.rule!r})"
            )

    def to_plain(self) -> object:
        """Its name, or a mapping."""
        if self == Earning(rule=self.rule) if self.rule not in ("weighted milestones", "units") else False:
            return self.rule
        out: dict[str, object] = {"rule": self.rule}
        if self.steps:
            out["steps"] = self.steps
        for name in ("total", "done"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        return out


@runtime_checkable
class Earns(Protocol):
    """An extension that declares what an item has earned: a scope of which so much is done."""

    @property
    def earned_share(self) -> float | None:
        """The share of the item's budget that is earned; None where it declares none."""


def declared_share(earning: Earning | None, extensions: Mapping[str, object]) -> float | None:
    """The share that an item's extensions declare; it holds where the item names no earning rule, or counts units.

    Args:
        earning: the item's own earning rule.
        extensions: what methods add to the item.
    """
    if not extensions or (earning is not None and earning.rule != "units"):
        return None
    return next((share for one in extensions.values() if isinstance(one, Earns) and (share := one.earned_share) is not None), None)


def as_earning(value: object, reading: Reading = IN_PYTHON) -> Earning:
    """`"50/50"`, a mapping, or an Earning as an Earning.

    Raises:
        UnitError: there is no such rule, or it lacks what it needs.
        ModelError: fields of the mapping are wrong.

    >>> as_earning("0/100").rule
    '0/100'
    """
    if isinstance(value, Earning):
        return value
    if isinstance(value, str):
        return Earning(rule=str(value))
    if not isinstance(value, Mapping):
        raise UnitError(f"{value!r:.60} is no earning rule; write one of {', '.join(RULES)}")
    return noun_of(Earning, value, reading)


reads(Earning, lambda _: as_earning, Earning)
