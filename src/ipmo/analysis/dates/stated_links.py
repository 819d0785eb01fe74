"""The links of a portfolio as its files state them, as columns: read off its compiled network where that has one for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.governance import After
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Link, Project
from ipmo.network.links import joins_projects
from ipmo.network.network import Network
from ipmo.network.states import TYPE_NAMES, TYPES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ["StatedLinks", "stated_links"]


@attrs.frozen(eq=False)
class StatedLinks:
    """Links, one a row: ends by node where they are named as they stand, else by text.

    Args:
        ids: the full id of each node.
        texts: ends that are no node.
        sources: nodes, int64 (m); what is no node has the inverse (`~`) of its place among the texts.
        targets: likewise.
        types: a `LinkType` as a number, int64 (m).
        lags: the amount of each lag in its own unit: its sign is meant, float64 (m).
    """

    ids: Sequence[str]
    texts: Sequence[str]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    types: NDArray[np.int64]
    lags: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.sources)

    def text(self, code: int) -> str:
        """The end of a link as it is listed."""
        return self.ids[code] if code >= 0 else self.texts[~code]

    def name(self, row: int) -> str:
        """A link as the points list it."""
        return f"{self.text(int(self.sources[row]))} -{TYPE_NAMES[self.types[row]]}-> {self.text(int(self.targets[row]))}"


def stated_links(portfolio: Portfolio, network: Network) -> StatedLinks:
    """Every link of a portfolio that moves dates, in the order of its file.

    Args:
        portfolio: the portfolio.
        network: what it was compiled to.
    """
    import numpy as np

    found, needed = _Found(portfolio, network), network.needed
    assert needed is not None  # links of a portfolio were found in it
    amounts = np.zeros(len(needed.src))
    amounts[list(needed.lags)] = [float(lag.amount) for lag in needed.lags.values()]
    compiled = (*network.found_links, amounts)
    runs: list[slice | Sequence[ArrayLike]] = []
    for project in portfolio.projects:
        own = needed.inside.get(project.id)
        if own is None:
            runs.append(found.inside(project))
        elif runs and isinstance(last := runs[-1], slice) and last.stop == own[0]:
            runs[-1] = slice(last.start, own[1])
        else:
            runs.append(slice(*own))
    parts = [[column[run] for column in compiled] if isinstance(run, slice) else run for run in runs]
    parts += found.across(), found.enabling()
    whole = [
        np.concatenate([np.asarray(part, kind) for part in column])
        for column, kind in zip(zip(*parts, strict=True), (np.int64, np.int64, np.int64, float), strict=True)
    ]
    return StatedLinks(network.ids, found.texts, *whole)


class _Found:
    """Links as columns, by the names of their ends: sources, targets, types, amounts of lags."""

    def __init__(self, portfolio: Portfolio, network: Network) -> None:
        self.portfolio, self.network = portfolio, network
        self.texts: list[str] = []

    def _codes(self, texts: Sequence[str]) -> list[int]:
        """What stands for ends of links: their nodes, or where their texts are."""
        nodes = map(self.network.named.get, texts)
        return [self._text(text) if node is None or "@" in text else node for text, node in zip(texts, nodes, strict=True)]

    def _text(self, text: str) -> int:
        self.texts.append(text)
        return ~(len(self.texts) - 1)

    def inside(self, project: Project) -> Sequence[ArrayLike]:
        """Those of the tasks and gates of a project."""
        resolve, own = self.portfolio.resolve, project.id
        pairs = [(one.id, after) for some in (project.tasks, project.gates) for one in some for after in one.after]
        sources = self._codes([resolve(after.source, own) or after.source for _, after in pairs])
        return sources, self._codes([f"{own}/{name}" for name, _ in pairs]), *_kinds([after for _, after in pairs])

    def across(self) -> Sequence[ArrayLike]:
        """Those of the portfolio, but for what joins projects as a whole."""
        projects = {project.id for project in self.portfolio.projects}
        links = [
            link
            for link in self.portfolio.links
            if link.kind == "schedule"
            and not ((link.source in projects or link.target in projects) and joins_projects(self.portfolio, link))
        ]
        return self._codes([link.source for link in links]), self._codes([link.target for link in links]), *_kinds(links)

    def enabling(self) -> Sequence[ArrayLike]:
        """What outcomes and benefits wait for."""
        effects: list[Outcome | Benefit] = [*self.portfolio.outcomes, *self.portfolio.benefits]
        pairs = [(one.source, effect.id) for effect in effects for one in (*effect.enabled_by, *effect.any_of)]
        nothing = [0] * len(pairs)
        return self._codes([source for source, _ in pairs]), self._codes([effect for _, effect in pairs]), nothing, nothing


def _kinds(links: Sequence[After | Link]) -> tuple[list[int], list[float]]:
    """The types of links, and the amounts of their lags."""
    return [TYPES[link.type] for link in links], [0.0 if link.lag is None else float(link.lag.amount) for link in links]
