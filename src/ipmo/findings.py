"""Problems in the data, as values.

A finding is a fact about a portfolio that somebody should look at: overdue, no owner, a gate decided too early.
It never stops anything. What makes a portfolio impossible is an error instead: see `ipmo.errors`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import overload

import attrs

from ipmo.errors import UnknownItemError, close_matches
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.words import counted

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
class Finding(Shown):
    """One fact to look at.

    Args:
        code: the check's stable code, `method/slug`.
        message: one sentence: which item, what is the matter, what was found.
        item: full id of the item it is about; empty for the portfolio as a whole.
        part: what of that item, where it can have several such facts: a condition's id, what a tolerance is about.
        severity: error, warning or info.
        rule: the id of the rule behind it, for example `P3O-R02`.
        also: (code, rule) of the other checks that found the same fact.
        hint: what to do about it.
        waived: why its rule is waived; empty when it stands.
        file: the file it was read from, when known.
        line: 1-based line in that file, 0 when unknown.
        column: 1-based column, 0 when unknown.
    """

    code: str
    message: str
    item: str = ""
    part: str = ""
    severity: Severity = attrs.field(default=Severity.WARNING, converter=Severity)
    rule: str = ""
    also: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    waived: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of every check that found it."""
        return (self.code, *(code for code, _ in self.also))

    @property
    def rules(self) -> tuple[str, ...]:
        """The id of every rule that it breaks, each once."""
        return tuple(dict.fromkeys(rule for rule in (self.rule, *(rule for _, rule in self.also)) if rule))

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        front = f"{place}: " if place else ""
        text = f"{front}{self.severity.value}: {self.message}"
        if self.hint:
            text += f"; {self.hint}"
        return f"{text} [{', '.join(self.codes)}]"


def _settled(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda f: (f.severity.rank, f.code, f.item, f.message)))


@attrs.frozen(repr=False)
class Findings(Answer[str, Finding]):
    """Findings in a settled order: errors first, then by code, item and message.

    >>> found = Findings([Finding(code="x/late", message="late", item="tram")])
    >>> len(found), found.worst
    (1, <Severity.WARNING: 'warning'>)
    """

    entries: tuple[Finding, ...] = attrs.field(converter=_settled, default=())

    @property
    def ids(self) -> tuple[str, ...]:
        """The codes that were found, in order, each once however often."""
        return tuple(dict.fromkeys(found.code for found in self.entries))

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and bool(self.of(code))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, key: int) -> Finding: ...
    @overload
    def __getitem__(self, key: str) -> tuple[Finding, ...]: ...
    def __getitem__(self, key: int | str) -> Finding | tuple[Finding, ...]:
        """One by its place from 0, or all of a code.

        Raises:
            UnknownItemError: nothing has that code; `of` gives an empty answer instead.
        """
        if isinstance(key, int):
            return row_at(self.entries, key, "what was found")
        found = self.of(key) if isinstance(key, str) else ()
        if not found:
            raise UnknownItemError(key, close_matches(key, (f.code for f in self.entries)), "the codes that were found")
        return found

    def __add__(self, other: Iterable[Finding]) -> Findings:
        return Findings((*self.entries, *other))

    def explain(self, code: str) -> str:
        """What was found under a code, a line each, with what to do about it.

        Raises:
            UnknownItemError: nothing has that code.
        """
        return "\n".join(str(found) for found in self[code])

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those of severity error."""
        return tuple(found for found in self.entries if found.severity is Severity.ERROR)

    @property
    def worst(self) -> Severity | None:
        """The gravest severity, None without findings."""
        return min((found.severity for found in self.entries), key=lambda s: s.rank, default=None)

    def of(self, code: object) -> tuple[Finding, ...]:
        """Those that a check of that code found, or a check of that method when the code ends with a slash."""
        if not isinstance(code, str):  # what is no text is no code
            return ()
        return tuple(f for f in self.entries if any(c == code or (code.endswith("/") and c.startswith(code)) for c in f.codes))

    def table(self) -> Table:
        """One row a finding: severity, code, rules, item, message, hint, file, line, column."""
        rows = self.entries
        return Table(
            [
                Column("severity", "str", [f.severity.value for f in rows]),
                Column("code", "str", [f.code for f in rows]),
                Column("rules", "str", [", ".join(f.rules) for f in rows]),
                Column("item", "str", [f.item for f in rows]),
                Column("message", "str", [f.message for f in rows]),
                Column("hint", "str", [f.hint for f in rows]),
                Column("file", "str", [f.file for f in rows]),
                Column("line", "int", [f.line or None for f in rows]),
                Column("column", "int", [f.column or None for f in rows]),
            ]
        )

    def __repr__(self) -> str:
        counts = ", ".join(
            counted(number, severity.value, "info" if severity is Severity.INFO else "")
            for severity in Severity
            if (number := sum(f.severity is severity for f in self.entries))
        )
        return f"<Findings: {counts or 'none'}>"
