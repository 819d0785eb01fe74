"""Whether the checks of a plugin left the portfolio as it was: what others find after them would be about something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

import attrs

from ipmo.memory import forget
from ipmo.model.fields import Noun
from ipmo.model.items import Items
from ipmo.model.later import Later, unread
from ipmo.model.portfolio import Portfolio

__all__ = ["Unchanged"]

MANY = 20_000
"""Items above which only what plugins add to them is watched: to look at every field takes as long as the checks.

So it is with tasks that are columns when the checks begin, however few: to look at them would make them all."""


class Unchanged:
    """A portfolio, watched while checks run over it.

    Nouns are frozen, so that no value is looked into: a field that holds another object has been changed. What methods add
    to items may be of classes that are not frozen, and is compared as it is written out.

    Args:
        portfolio: it.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio
        alike: dict[type, list[Noun]] = defaultdict(list)
        items = portfolio.items
        few = len(items) <= MANY
        self._unseen = [project for project in portfolio.projects if unread(project, "tasks")]
        """Projects whose tasks are columns, which hold nothing that a method adds."""
        for noun in (portfolio, *portfolio.links, *(items.seen() if isinstance(items, Items) else items.values())):
            alike[type(noun)].append(noun)
        self._fields = [
            (attrgetter(field.name), _read(nouns, field.name), field.name == "extensions")
            for cls, nouns in alike.items()
            for field in attrs.fields(cls)
            if few or cls is Portfolio or field.name == "extensions"
        ]
        self._mark = self._now()

    def still(self) -> bool:
        """Whether it is as it was when this was last called; what was computed about it is forgotten where it is not."""
        mark, before = self._now(), self._mark
        if mark == before:
            return True
        self._mark = mark
        forget(self._portfolio)
        return False

    def _now(self) -> int:
        return hash(tuple(self._marks()))

    def _marks(self) -> Iterator[int]:
        for value, nouns, added in self._fields:
            values = list(map(value, nouns))
            yield hash(tuple(map(id, values)))
            if added:
                yield hash(tuple(map(repr, filter(None, values))))
        made = (task.extensions for project in self._unseen if not unread(project, "tasks") for task in project.tasks)
        yield hash(tuple(map(repr, filter(None, made))))


def _read(nouns: list[Noun], field: str) -> list[Noun]:
    """Those whose value of a field is there: one that is made when somebody looks would be made by looking."""
    return [noun for noun in nouns if not (isinstance(noun, Later) and unread(noun, field))]
