"""The portfolio: the only root, checked when it is made, with what holds for all of it and its changed copies."""

from __future__ import annotations

import functools
import hashlib
import html
import itertools
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import Any, TypeVar, cast

import attrs

from ipmo.declared import verb
from ipmo.errors import ModelError, UnknownItemError, close_matches
from ipmo.memory import Memory
from ipmo.model.contents import TOP, Contents, Source
from ipmo.model.fields import EMPTY, Noun
from ipmo.model.integrity import problems_of
from ipmo.model.later import size_of, unread
from ipmo.model.plain import canonical_json, tables
from ipmo.model.reading import named
from ipmo.model.references import reference
from ipmo.model.work import Project
from ipmo.pages import Page
from ipmo.tables import Table
from ipmo.units import ExchangeRates, minutes
from ipmo.words import class_word

__all__ = ["Portfolio"]

N = TypeVar("N", bound=Noun)
MANY = 10_000
"""Tasks from which on a changed copy makes no table of all items."""
_made_from: ContextVar[Portfolio | None] = ContextVar("_made_from", default=None)
"""The portfolio that one is a changed copy of, while it is made."""


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False, repr=False)
class Portfolio(Contents):
    """All the change of an organisation: the only root.

    References are checked once, when it is made, and all problems are reported together.

    Raises:
        ModelError: an id is bad or used twice, a reference names nothing, a link joins what cannot be joined.
    """

    def __attrs_post_init__(self) -> None:
        before = _made_from.get()
        sizes = itertools.accumulate(size_of(project, "tasks") for project in self.projects)
        if before is not None and any(size >= MANY for size in sizes):
            self.look_up_in(before)
        if problems := problems_of(self, before):
            raise ModelError(problems)

    @functools.cached_property
    def exchange_rates(self) -> ExchangeRates:
        """The dated rates into the portfolio's currency.

        Raises:
            ModelError: the portfolio states no currency.
        """
        if self.money is None:
            raise ModelError(f"portfolio {self.id!r} states no currency; add portfolio: money: {{currency: GBP}}")
        table: dict[str, list[tuple[date, Decimal]]] = {}
        sources = {}
        for row in sorted(self.rates, key=lambda row: row.since):
            sources[row.since] = row.source
            for code, rate in row.per.items():
                table.setdefault(code, []).append((row.since, rate))
        return ExchangeRates(self.money.currency, {code: tuple(rows) for code, rows in table.items()}, sources)

    @functools.cached_property
    def memory(self) -> Memory:
        """Where what was computed once is kept: see `ipmo.memory`. Freed with the portfolio, never pickled, compared or copied."""
        return Memory()

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the content in canonical JSON, as hexadecimal digits: equal portfolios have equal digests."""
        found = hashlib.sha256()
        for piece in canonical_json(self):
            found.update(piece.encode())
        return found.hexdigest()

    def tables(self) -> dict[str, Table]:
        """One Table for each kind of noun, columns named as in files; `ipmo.from_tables` is the inverse."""
        return tables(self)

    @property
    def data_date(self) -> int | None:
        """The status date as an instant (start of its day), None when not stated."""
        return None if self.status_date is None else minutes(self.status_date)

    # ---------------------------------------------------------------------------------- parts and pages

    def select(
        self, projects: str | Iterable[str | Project] | None = None, /, *, programme: str | None = None, **having: object
    ) -> Portfolio:
        """A part of it: see `ipmo.select`, which says what is cut and what is kept.

        Args:
            projects: an id of a project or programme, or several, or projects; all when left out.
            programme: those of this programme, at any depth, only.
            having: as in `portfolio.projects.where`: values of fields, or of free attributes, by name.

        Raises:
            UnknownItemError: there is no such project, programme, field or attribute.
            OptionError: no project is left, or a field cannot have such a value.
        """
        some = [projects] if isinstance(projects, str) else projects
        chosen = None if some is None else [str(getattr(one, "id", one)) for one in some]
        if having:
            ids = self.projects.where(**having).ids
            named = ids if chosen is None else [one for one in chosen if one in ids]
            chosen = list(named)
        return cast("Portfolio", verb("select")(self, chosen, programme=programme))

    def report(self, *, title: str | None = None, before: Portfolio | str | PathLike[str] | bool | None = None) -> Page:
        """The report as a page, which a notebook shows in place; `.save(path)` writes it. See `ipmo.report`.

        Args:
            title: its heading; the portfolio's name when left out.
            before: an earlier state of the portfolio, or its path; when left out its latest snapshot before the status date; False for none.

        Raises:
            FileError: the earlier state cannot be read.
            ScheduleError: nothing says when the portfolio starts.
        """
        return cast(Page, verb("page")(self, title=title, before=before))

    # ---------------------------------------------------------------------------------- changed copies

    def evolve(self, item: str | None = None, /, **changes: Any) -> Portfolio:
        """A copy with one item changed; this one stays as it is.

        Args:
            item: full id; left out, the portfolio's own fields change.
            changes: new field values, text accepted as in files.

        Raises:
            UnknownItemError: there is no such item or no such field.
            ModelError: the changed portfolio would be impossible.
        """
        if item is None or (item == self.id and item not in self.items):
            return self._changed({"source": self._source_of_a_change(), **changes})
        noun = _evolved(self[item], changes)
        meant = reference(item)
        project, inner = meant.project, meant.inner
        if not inner:
            field = next(name for name in TOP if any(n.id == item for n in getattr(self, name)))
            return self.evolve(**{field: [noun if n.id == item else n for n in getattr(self, field)]})
        owner = self[project]
        field = next(name for name in ("tasks", "gates", "risks") if any(n.id == inner for n in getattr(owner, name)))
        owner = attrs.evolve(owner, **{field: [noun if n.id == inner else n for n in getattr(owner, field)]})
        return self._changed({"projects": [owner if p.id == project else p for p in self.projects], "source": self._source_of_a_change()})

    def _changed(self, changes: Mapping[str, Any]) -> Portfolio:
        """A copy with other values of its own fields; what stays as it is was checked when this one was made."""
        token = _made_from.set(self)
        try:
            return _evolved(self, changes)
        finally:
            _made_from.reset(token)

    def _source_of_a_change(self) -> Source:
        """Where a changed copy was read from; the dates that a tool stored are of what was read, and not of the copy."""
        return attrs.evolve(self.source, stored=EMPTY) if self.source.stored else self.source

    def __repr__(self) -> str:
        tasks = 0 if unread(self, "projects") else sum(size_of(project, "tasks") for project in self.projects)
        parts = [_counted(size_of(self, "projects"), "project"), _counted(tasks, "task"), _counted(size_of(self, "links"), "link")]
        if self.benefits:
            parts.append(_counted(len(self.benefits), "benefit"))
        if self.status_date:
            parts.append(f"status date {self.status_date.isoformat()}")
        if self.money:
            parts.append(self.money.currency)
        return f"<Portfolio {self.id!r}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.name or self.id)}</strong> {html.escape(repr(self)[1:-1])}</p>"


def _evolved(noun: N, changes: Mapping[str, Any]) -> N:
    known = {field.name for field in attrs.fields(type(noun))}
    for name in changes:
        if name not in known:
            raise UnknownItemError(name, close_matches(name, known), f"the fields of a {class_word(type(noun))}")
    return cast(N, attrs.evolve(cast(Any, noun), **changes))


def _counted(number: int, word: str) -> str:
    """A number of things, in words: `1 project`, `2 projects`."""
    return f"{number} {word}{'' if number == 1 else 's'}"
