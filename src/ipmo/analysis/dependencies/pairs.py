"""What one project gives to another: the links between them taken together, by columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import attrs

from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.notebooks import Shown

__all__ = ["Pair", "pairs_of"]


@attrs.frozen(kw_only=True)
class Pair(Shown):
    """All that one project gives to another.

    Args:
        giver, receiver: projects.
        links: ids of the links, the most critical first.
        driving: how many of them set the date of what they lead to.
        float: the least working days before a target downstream moves, stated or only forecast; None where none waits.
        drag: the most days that one of them holds a target back.
        value: present value of all benefits that any of them leads to, each once; None where none is known.
        loss: what a slip of one of them would cost at most; None where nothing is known.
    """

    giver: str
    receiver: str
    links: tuple[str, ...]
    driving: int
    drag: float
    value: float | None
    loss: float | None
    float: float | None

    @property
    def id(self) -> str:
        """`giver -> receiver`."""
        return f"{self.giver} -> {self.receiver}"


def pairs_of(order: Sequence[int], downstream: Downstream) -> tuple[Pair, ...]:
    """Every giver and receiver of open work: least float first.

    Args:
        order: rows of open links, the most critical first.
        downstream: the links and what lies behind them.
    """
    found = downstream.crossings
    givers, receivers, names, driving = found.givers, found.receivers, found.names, found.driving
    floats, drags, losses = found.target_float, found.worst_drags, downstream.losses
    groups: dict[tuple[str, str], list[int]] = {}
    for row in order:
        groups.setdefault((givers[row], receivers[row]), []).append(row)
    worths = downstream.worth_of([reduce(or_, map(downstream.bits.__getitem__, rows)) for rows in groups.values()])
    out = [
        Pair(
            giver=giver,
            receiver=receiver,
            links=tuple([names[row] for row in rows]),
            driving=sum([driving[row] for row in rows]),
            float=min([spare for row in rows if (spare := floats[row]) is not None], default=None),
            drag=max([drags[row][0] or 0.0 for row in rows]),
            value=worth,
            loss=max([float(loss) for row in rows if (loss := losses[row]) is not None], default=None),
        )
        for ((giver, receiver), rows), worth in zip(groups.items(), worths, strict=True)
    ]
    return tuple(sorted(out, key=lambda pair: (pair.float is None, pair.float or 0.0, pair.giver, pair.receiver)))
