"""Problems in the data, as values.

A finding is a fact about a portfolio that somebody should look at: overdue, no owner, a gate decided too early.
It never stops anything. What makes a portfolio impossible is an error instead: see `ipmo.errors`.
"""

from __future__ import annotations

import enum
import html
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from ipmo.tables import Table

__all__ = ["Finding", "Findings", "Severity"]


class Severity(enum.Enum):
    """How much a finding weighs: an error makes `ipmo check` fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for information."""
        return ("error", "warning", "info").index(self.value)


@attrs.frozen(kw_only=True)
class Finding:
    """One fact to look at.

    Args:
        code: the check's stable code, `method/slug`.
        message: one sentence: which item, what is the matter, what was found.
        item: full id of the item it is about; empty for the portfolio as a whole.
        severity: error, warning or info.
        rule: the id of the rule behind it, for example `P3O-R02`.
        hint: what to do about it.
        file: the file it was read from, when known.
        line: 1-based line in that file, 0 when unknown.
        column: 1-based column, 0 when unknown.
    """

    code: str
    message: str
    item: str = ""
    severity: Severity = attrs.field(default=Severity.WARNING, converter=Severity)
    rule: str = ""
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        front = f"{place}: " if place else ""
        text = f"{front}{self.severity.value}: {self.message}"
        if self.hint:
            text += f"; {self.hint}"
        return f"{text} [{self.code}]"


def _settled(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda f: (f.severity.rank, f.code, f.item, f.message)))


@attrs.frozen(repr=False)
class Findings:
    """Findings in a settled order: errors first, then by code, item and message.

    >>> found = Findings([Finding(code="x/late", message="late", item="tram")])
    >>> len(found), found.worst
    (1, <Severity.WARNING: 'warning'>)
    """

    entries: tuple[Finding, ...] = attrs.field(converter=_settled, default=())

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> Finding:
        return self.entries[index]

    def __add__(self, other: Iterable[Finding]) -> Findings:
        return Findings((*self.entries, *other))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those of severity error."""
        return tuple(found for found in self.entries if found.severity is Severity.ERROR)

    @property
    def worst(self) -> Severity | None:
        """The gravest severity, None without findings."""
        return min((found.severity for found in self.entries), key=lambda s: s.rank, default=None)

    def of(self, code: str) -> tuple[Finding, ...]:
        """Those with that code, or of that method when the code ends with a slash."""
        return tuple(f for f in self.entries if f.code == code or (code.endswith("/") and f.code.startswith(code)))

    def table(self) -> Table:
        """One row a finding: severity, code, rule, item, message, hint, file, line, column."""
        from ipmo.tables import Column, Table

        names = ("severity", "code", "rule", "item", "message", "hint", "file")
        columns = [
            Column(name, "str", [f.severity.value if name == "severity" else getattr(f, name) for f in self.entries]) for name in names
        ]
        columns += [Column(name, "int", [getattr(f, name) or None for f in self.entries]) for name in ("line", "column")]
        return Table(columns)

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{number} {severity.value}" for severity in Severity if (number := sum(f.severity is severity for f in self.entries))
        )
        return f"<Findings: {counts or 'none'}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_() if self.entries else html.escape(repr(self))
