"""Branches at which one way is taken in each sample, and work that may not be needed at all: what each way does, and what it costs.

The work of a way that is not taken comes to nothing, costs nothing, and is never critical; what waits for it waits for nothing.
Where some of a way has begun, that way is taken. Source: Hulett, Practical Schedule Risk Analysis (2009), probabilistic branching.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs
import numpy as np

from ipmo.analysis.risk.causes import Targets, bearers_in
from ipmo.errors import ModelError
from ipmo.findings import Finding, Severity
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Branch, Way
from ipmo.network.states import State
from ipmo.words import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats

__all__ = ["Fork", "Path", "forks", "taken"]

BEGUN = (State.STARTED, State.FINISHED)


@attrs.frozen(kw_only=True)
class Path:
    """One way of a branch.

    Args:
        probability: that it is taken.
        tasks: the open work that is done only then.
        bearers: what costs money only then.
    """

    probability: float
    tasks: tuple[str, ...]
    bearers: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Fork:
    """A branch, with what its ways are in the network.

    Args:
        id: of the branch.
        ways: in order of the file.
    """

    id: str
    ways: tuple[Path, ...]


def forks(portfolio: Portfolio, targets: Targets, bearers: Iterable[str]) -> tuple[tuple[Fork, ...], list[Finding]]:
    """The branches of a portfolio, and what the schedule makes of them.

    Raises:
        ModelError: a branch has no way, a way lies in another of the same branch, or two ways have begun.
    """
    known = frozenset(bearers)
    out, findings = [], []
    for branch in portfolio.branches:
        if not branch.ways:
            raise ModelError(f"branch {branch.id!r} has no ways; add one, for example ways: [{{probability: 0.3, items: [rework]}}]")
        ways = [_path(portfolio, targets, way, known) for way in branch.ways]
        begun = _begun(targets, branch)
        seen: set[str] = set()
        for one in ways:
            if both := sorted(seen.intersection(one.tasks)):
                raise ModelError(f"{both[0]!r} belongs to two ways of branch {branch.id!r}; name it in one of them")
            seen.update(one.tasks)
        if len(begun) > 1:
            raise ModelError(f"two ways of branch {branch.id!r} have begun; only one is taken")
        if begun:
            ways = [attrs.evolve(way, probability=float(number == begun[0])) for number, way in enumerate(ways)]
        if not any(way.tasks or way.bearers for way in ways):
            message = f"branch {branch.id!r} has no open work of known length and no cost in any of its ways; it is not counted"
            findings.append(_finding(branch, message, "name open work under items:", Severity.WARNING))
            continue
        out.append(Fork(id=branch.id, ways=tuple(ways)))
        several = [way for way in ways if way.tasks and way.probability < 1]
        if several:
            tasks = sum(len(way.tasks) for way in several)
            message = (
                f"the schedule counts the work of all ways of branch {branch.id!r} ({counted(tasks, 'task')}), a sample that of one at most"
            )
            findings.append(_finding(branch, message, "", Severity.INFO))
    return tuple(out), findings


def _finding(branch: Branch, message: str, hint: str, severity: Severity) -> Finding:
    return Finding(
        code="ipmo/branch-not-simulated" if hint else "ipmo/branch", item=branch.id, severity=severity, message=message, hint=hint
    )


def _path(portfolio: Portfolio, targets: Targets, way: Way, known: frozenset[str]) -> Path:
    tasks = dict.fromkeys(name for item in way.items for name in targets.work_in(item))
    bears = dict.fromkeys(name for item in way.items for name in bearers_in(portfolio, item) if name in known)
    return Path(probability=way.probability, tasks=tuple(tasks), bearers=tuple(bears))


def _begun(targets: Targets, branch: Branch) -> list[int]:
    """The ways of which some work has begun or is done."""
    state = targets.network.state
    return [
        number
        for number, way in enumerate(branch.ways)
        if any(state[node] in BEGUN for item in way.items for node in targets.nodes_in(item))
    ]


def taken(found: Iterable[Fork], draws: Mapping[str, Floats]) -> dict[str, NDArray[np.bool_]]:
    """In which samples each task and bearer of a branch is on a way that is taken.

    Args:
        found: the branches.
        draws: of each branch, between 0 and 1.
    """
    out: dict[str, NDArray[np.bool_]] = {}
    for fork in found:
        u, before = draws[fork.id], 0.0
        for way in fork.ways:
            yes = (u >= before) & (u < before + way.probability)
            before += way.probability
            for name in dict.fromkeys((*way.tasks, *way.bearers)):
                out[name] = out[name] & yes if name in out else yes
    return out
