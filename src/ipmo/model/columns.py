"""Tasks and links as columns of numbers: what a portfolio that was read from tables answers with before any noun is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.model.estimates import Estimate
from ipmo.model.later import kept_beside
from ipmo.model.portfolio import Portfolio
from ipmo.units import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["WorkColumns", "columns_of"]


@attrs.frozen(kw_only=True, eq=False)
class WorkColumns:
    """Tasks in the order of their projects, and the links between them; n tasks, m links.

    Args:
        ids: the full id of each task, str (n).
        first: where the tasks of each project begin, and where the last of them end, int64 (projects + 1).
        milestone: whether each is one, bool (n).
        time: the place of its duration in `times`, -1 for none, int64 (n).
        times: the durations that occur.
        source: what comes first, int64 (m): links inside projects in the order of what follows, then those of the table of links.
        target: what follows, int64 (m).
        type: 0 FS, 1 SS, 2 FF, 3 SF, int64 (m).
        lag: the place of its lag in `lags`, -1 for none, int64 (m).
        lags: the lags that occur.
        inside: how many of the links stand with what follows.
        delivered: of the links of the table of links, whether what they hand over was handed over, bool (m - inside).
        local: the place of each task by its id in its project, of each project.
        names: the title of each task, str (n); None where no task has one.
    """

    ids: Sequence[str]
    first: NDArray[np.int64]
    milestone: NDArray[np.bool_]
    time: NDArray[np.int64]
    times: tuple[Estimate, ...]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    type: NDArray[np.int64]
    lag: NDArray[np.int64]
    lags: tuple[Span, ...]
    inside: int
    delivered: NDArray[np.bool_]
    local: Sequence[Mapping[str, int]]
    names: Sequence[str] | None = None


def columns_of(portfolio: Portfolio) -> WorkColumns | None:
    """The columns that a portfolio was read by; None where its tasks were read one by one."""
    found = kept_beside(portfolio)
    return found if isinstance(found, WorkColumns) else None
