"""What is simulated: the networks, the causes, the money, and whose dates are kept; a value that other processes can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs
import numpy as np

from ipmo.analysis.risk.causes import Event, Shared
from ipmo.analysis.risk.correlation import Correlated
from ipmo.analysis.risk.costs import Costs
from ipmo.analysis.risk.distributions import PertRule
from ipmo.analysis.risk.forks import Fork
from ipmo.analysis.risk.uncertain import Structures
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate
from ipmo.model.fields import FrozenMap
from ipmo.network.sampled import NO_EDGE, SampledDates, SampledPass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["Kept", "Setup", "dates_of"]


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
        spared: what costs money, of which it is also said what it costs if its estimates of money were certain.
        priced: what costs money, by what is summed to one row; None where each has a row of its own.
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
    spared: tuple[str, ...] = ()
    priced: tuple[tuple[str, ...], ...] | None = None

    @property
    def dated(self) -> tuple[Kept, ...]:
        """The items that are dated in each sample, those that are kept first."""
        return self.kept + self.sketched


def dates_of(kept: Kept, sampled: SampledPass, found: SampledDates, moved: Mapping[int, tuple[Row, Row]] = FrozenMap()) -> Row:
    """The dates of what is kept, from those of positions, and from the start and the finish of those that moved."""
    net = sampled.network
    last = np.full(1, kept.done, np.int64)
    worked: dict[int, tuple[int, Row]] = {}
    for node in kept.nodes:
        v = sampled.pos[node]
        begins = kept.begins and node not in net.points
        if len(kept.nodes) > 1 and not begins and v not in moved and found.finish.plain(v):
            one, row = worked.get(sampled.clk[v], (v, None))
            own = found.finish.worked(v)
            worked[sampled.clk[v]] = one, own if row is None else np.maximum(row, own)
            continue
        x, finish = moved[v] if v in moved else (found.x[v], None)
        last = np.maximum(last, sampled.starts(v, x) if begins else found.finish[v] if finish is None else finish)
    for v, row in worked.values():
        last = np.maximum(last, sampled.instants(v, row, NO_EDGE))

    def instants(v: int, begins: bool) -> Row:
        x, finish = moved.get(v, (found.x[v], None))
        return sampled.starts(v, x) if begins else found.finish[v] if finish is None else finish

    for node in kept.spans:
        last = np.maximum(last, sampled.spanned(node, instants))
    return last
