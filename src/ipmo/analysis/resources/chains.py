"""The critical chain of a levelled plan: what holds its end, or a commitment, step by step back over links and over people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from ipmo.analysis.resources.waits import Reading

__all__ = ["Bite", "ChainStep", "chain_to", "last_of"]


@attrs.frozen(kw_only=True)
class ChainStep:
    """One item of a critical chain.

    Args:
        id: its full id.
        resource: what it waits for: the item before it in the chain has it; empty where a link, a date or nothing sets its start.
        day: the last day on which that is short; None without a resource.
        people: the resources that it takes itself.
    """

    id: str
    resource: str
    day: date | None
    people: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.id}, waits for {self.resource}" if self.resource else self.id


@attrs.frozen(kw_only=True)
class Bite:
    """A resource that is short and has a commitment missed by it.

    Args:
        commitment: as `Schedule.commitments` names it.
        late: elapsed days by which it is missed.
        resource: id of the resource.
        day: the day on which it is short.
        item: the work that waits for it then, by full id.
    """

    commitment: str
    late: float
    resource: str
    day: date
    item: str

    def __str__(self) -> str:
        return f"{self.resource} on {self.day}: {self.item} waits, and {self.commitment} is missed by {self.late:,.4g} ed"


def chain_to(reading: Reading, v: int) -> tuple[ChainStep, ...]:
    """What leads to the start of a position in a plan, the first of all first, itself last.

    From what waits for a resource the chain goes to who has it then, from all else over the link that sets the start. It begins where nobody has
    what is waited for, or a date sets the start.
    """
    seen, out = set[int](), list[ChainStep]()
    at: int | None = v
    while at is not None and at not in seen:
        seen.add(at)
        wait = reading.wait(at)
        if (rest := next(reversed([*reading.rests(at)]), None)) is not None:
            wait = rest.wait  # it ends when it does because it rested last
        name = wait.resource if wait is not None else ""
        if reading.shown(at):
            out.append(
                ChainStep(id=reading.name(at), resource=name, day=None if wait is None else wait.day, people=tuple(reading.people(at)))
            )
        before = [reading.place(name) for name in wait.holders] if wait is not None else [reading.driver(at)] if reading.driven(at) else []
        at = max((one for one in before if one is not None), key=lambda one: (reading.finish(one), -one), default=None)
    return tuple(reversed(out))


def last_of(reading: Reading, places: Iterable[int]) -> int | None:
    """The position that finishes last in a plan; None where none has dates."""
    return max((v for v in places if reading.dated(v)), key=lambda v: (reading.finish(v), -v), default=None)
