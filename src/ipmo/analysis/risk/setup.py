"""What is simulated: the networks, the causes, the money, and whose dates are kept; a value that other processes can be sent."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ipmo.analysis.risk.causes import Event, Shared
from ipmo.analysis.risk.correlation import Correlated
from ipmo.analysis.risk.costs import Costs
from ipmo.analysis.risk.distributions import PertRule
from ipmo.analysis.risk.forks import Fork
from ipmo.analysis.risk.uncertain import Structures
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate
from ipmo.model.fields import FrozenMap

__all__ = ["Kept", "Setup"]


@attrs.frozen(kw_only=True)
class Kept:
    """An item whose samples are kept.

    Args:
        full_id: the item.
        nodes: the open nodes that it ends with the last of; of an effect the one that it begins with.
        done: the last finish of what is done in it, as an instant; -1 where nothing is.
        begins: it is dated by its start: an outcome or a benefit.
        projects: the places of the projects that it is made of as a whole; None of what is smaller.
        spans: the levels of effort in it, which last as long as what they are linked to.
    """

    full_id: str
    nodes: tuple[int, ...]
    done: int
    begins: bool
    projects: tuple[int, ...] | None = None
    spans: tuple[int, ...] = ()


@attrs.frozen(kw_only=True)
class Setup:
    """What is simulated; it can be sent to other processes.

    Args:
        structures: the networks.
        kept: items whose dates are kept, sample by sample.
        sketched: items of whose dates moments and a sketch are kept.
        shared: drivers with what they touch.
        events: risks.
        costs: who bears which cost.
        likely: benefits of which nobody knows how much of them comes, and the probability that they come at all.
        factors: how much of a benefit comes where it comes, of those that say so.
        seed: of all streams.
        samples: how many.
        pert: which distribution a PERT estimate is.
        together: work whose draws go together.
        certain: work, and links by name, whose estimate counts as certain: as long as the schedule says.
        forks: branches at which one way is taken.
        lost: calendars that lose days to weather, by id, where something open lies on them.
    """

    structures: Structures
    kept: tuple[Kept, ...]
    shared: tuple[Shared, ...]
    events: tuple[Event, ...]
    costs: Costs
    likely: Mapping[str, float]
    seed: int
    samples: int
    pert: PertRule
    together: Correlated | None = None
    certain: frozenset[str] = frozenset()
    forks: tuple[Fork, ...] = ()
    lost: Mapping[str, Calendar] = FrozenMap()
    sketched: tuple[Kept, ...] = ()
    factors: Mapping[str, Estimate] = FrozenMap()

    @property
    def dated(self) -> tuple[Kept, ...]:
        """The items that are dated in each sample, those that are kept first."""
        return self.kept + self.sketched
