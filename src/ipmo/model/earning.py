"""How work earns value: the rule that turns progress into a share of the budget (earned value management)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from attrs.converters import optional

from ipmo.errors import UnitError
from ipmo.model.fields import Noun, Short, as_tuple, doc, named
from ipmo.units import as_date, as_number

__all__ = ["RULES", "Earning", "EarningStep", "as_earning"]

RULES = ("percent", "0/100", "50/50", "weighted milestones", "units", "level of effort")
"""Earning rules: percent complete; nothing until done; half at the start and half when done; steps with weights; units
done of all units; level of effort, which earns as planned and is kept apart."""


def _weight(value: Any) -> float:
    weight = float(as_number(value))
    if weight <= 0:
        raise UnitError(f"a weight must be above 0 (got {value})")
    return weight


def _units(value: Any) -> float:
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
    steps: tuple[EarningStep, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("of weighted milestones"))
    total: float | None = attrs.field(default=None, converter=optional(_units), metadata=doc("units in all"))
    done: float | None = attrs.field(default=None, converter=optional(_units), metadata=doc("units done"))

    def __attrs_post_init__(self) -> None:
        if (self.rule == "weighted milestones") != bool(self.steps):
            raise UnitError("earning.steps: weighted milestones need steps, and only they have them")
        if self.rule == "units":
            if not self.total:
                raise UnitError("earning.total: units need a total above 0")
            if self.done is not None and self.done > self.total:
                raise UnitError(f"earning.done: {self.done:g} units are done of {self.total:g}")
        elif self.total is not None or self.done is not None:
            raise UnitError(f"earning.total: only the rule 'units' counts units (the rule is {self.rule!r})")

    def to_plain(self) -> Any:
        """Its name, or a mapping."""
        if self == Earning(rule=self.rule) if self.rule not in ("weighted milestones", "units") else False:
            return self.rule
        out: dict[str, Any] = {"rule": self.rule}
        if self.steps:
            out["steps"] = [
                {
                    **({"name": s.name} if s.name else {}),
                    **({"weight": s.weight} if s.weight != 1 else {}),
                    **({"done": s.done.isoformat()} if s.done else {}),
                }
                for s in self.steps
            ]
        for name in ("total", "done"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        return out


def as_earning(value: Any) -> Earning:
    """`"50/50"`, a mapping, or an Earning as an Earning.

    Raises:
        UnitError: there is no such rule, or it lacks what it needs.

    >>> as_earning("0/100").rule
    '0/100'
    """
    if isinstance(value, Earning):
        return value
    if isinstance(value, str):
        return Earning(rule=str(value))
    if not isinstance(value, Mapping):
        raise UnitError(f"{value!r} is no earning rule; write one of {', '.join(RULES)}")
    fields = _known(value, Earning, "an earning rule")
    steps = fields.pop("steps", ())
    if not isinstance(steps, list | tuple):
        raise UnitError("earning.steps: expected a list of steps")
    made = [s if isinstance(s, EarningStep) else EarningStep(**_known(s, EarningStep, "a step")) for s in steps]
    return Earning(**fields, steps=made)


def _known(value: Any, cls: type, what: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise UnitError(f"{value!r} is not {what}; write a mapping")
    names = {field.name for field in attrs.fields(cls)}
    if unknown := set(map(str, value)) - names:
        raise UnitError(f"{what} has no field {sorted(unknown)[0]!r}; it has {', '.join(sorted(names))}")
    return {str(key): (str(v) if isinstance(v, str) else v) for key, v in value.items() if v is not None}
