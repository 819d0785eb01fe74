"""One log of risks, assumptions, issues, dependencies and decisions: each row says which of them it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import attrs

from ipmo.errors import listed
from ipmo.findings import Severity
from ipmo.model.shape import keys_of
from ipmo.registers.building.rows import TEXT, Column, Table
from ipmo.registers.cells.choice_words import plain_word
from ipmo.registers.cells.outcomes import BLANK, Blank, Outcome, Refused, Unknown
from ipmo.registers.fields import CATALOGUE
from ipmo.registers.opening.sheets import text_of

__all__ = ["raid_tables"]

REGISTERS: Final = {"risk": "risks", "assumption": "assumptions", "issue": "issues", "dependency": "links", "decision": "decisions"}
OTHER_NAMES: Final = {
    "assumptions": {"name": "text", "question": "text", "reviewed": "review", "ends": "review"},
    "decisions": {"name": "question", "text": "question", "due": "need_by", "ends": "need_by", "closed": "decided"},
    "links": {
        "name": "note",
        "text": "note",
        "question": "note",
        "project": "to",
        "owner": "receiver_owner",
        "due": "needed",
        "ends": "needed",
    },
    "issues": {"text": "name", "question": "name", "ends": "due", "effect": "note"},
    "risks": {"text": "name", "question": "name", "note": "effect"},  # when something is due about a risk is not when it can strike
}
"""What a column of the whole log states for one kind of row, where that calls it otherwise."""
STATES: Final = ("status", "state", "issue status", "issue state", "current status", "open closed", "open or closed")
CLOSED: Final = frozenset(
    "closed resolved done complete completed fixed cancelled canceled withdrawn rejected superseded geschlossen erledigt clos fermé cerrado".split()
)
"""What the state of an issue is that is open no longer."""


def raid_tables(table: Table) -> list[Table]:
    """The table itself; of a RAID log one for each kind of row in it."""
    if table.kind.name != "raid":
        if table.kind.name == "issues":
            _closed_issues(table)
        return [table]
    said = table.column("type")
    kinds = said.outcomes if said is not None else [BLANK] * len(table.rows)
    out = []
    known: list[int] = []
    for word, register in REGISTERS.items():
        positions = [position for position, kind in enumerate(kinds) if kind == word]
        if positions:
            out.append(_part(table, register, positions))
            known += positions
    left = sorted(set(range(len(table.rows))) - set(known))
    rest = _chosen(
        table,
        left,
        [attrs.evolve(column, outcomes=[column.outcomes[p] for p in left] if column.outcomes else []) for column in table.columns],
    )
    rest.ignored_rows, rest.blank_rows = table.ignored_rows, table.blank_rows
    for position, row in zip(left, rest.rows, strict=True):
        why = kinds[position]
        rest.refuse_row(
            row, why.reason if isinstance(why, Refused) else "it does not say whether it is a risk, an assumption, an issue or a dependency"
        )
    return [*out, rest]


def _part(table: Table, register: str, positions: list[int]) -> Table:
    """The rows of one kind, their columns as that kind calls them."""
    kind = CATALOGUE[register]
    states = {id(column): _stated(column, register) for column in table.columns}
    columns, lost = [], []
    instead: dict[str, dict[int, Outcome]] = {}
    for column in table.columns:
        field, attribute = column.field, column.attribute
        if name := states[id(column)]:
            first = _first(name, [one for one in table.columns if states[id(one)] == name])
            field = kind.fields.get(name) if column.name == name or column is first else None
            left = positions if column is first else _filled_in(name, first, column, positions, instead)
            if field is None and any(column.outcomes[position] is not BLANK for position in left):
                header = column.mapping.header or column.mapping.field
                texts = all(isinstance(column.outcomes[position], date | str | Blank | Unknown | Refused) for position in positions)
                if "attributes" in keys_of(kind.noun) and texts:
                    told = [_as_typed(table, column, position) for position in positions]
                    columns.append(Column(column.index, column.mapping, TEXT, header, told))
                    continue
                if texts and column is not first and kind.fields[name].cell == "text":
                    if name == "name" and "note" in kind.fields and "note" not in states.values():
                        told = [column.outcomes[place] if place in left else BLANK for place in positions]
                        columns.append(Column(column.index, column.mapping, kind.fields["note"], "", told))
                    else:
                        _joined(name, first, column, left, instead)
                    continue
                lost.append(header)
        elif field is not None and not attribute:
            field = attrs.evolve(field, name="", path=("",))  # it has been understood
        outcomes = [column.outcomes[position] for position in positions] if field is not None else []
        columns.append(Column(column.index, column.mapping, field, attribute, outcomes))
    for column in columns:
        if found := instead.get(column.name):
            column.outcomes = [found.get(place, outcome) for place, outcome in zip(positions, column.outcomes, strict=True)]
    if lost:
        table.intake.note(
            "column-ignored",
            f"what columns {listed(lost, 12)} say of {kind.title} is left out, as these have no such field",
            severity=Severity.INFO,
        )
    made = _chosen(table, positions, columns)
    made.kind = kind
    if register == "issues":
        for column in table.columns:
            if column.name == "state":
                _closed_issues(made, [column.outcomes[position] for position in positions])
    return made


def _stated(column: Column, register: str) -> str:
    """The field that a column of the whole log states for one kind of row; empty where it states none."""
    if column.field is None or column.attribute or column.field.name in ("type", ""):
        return ""
    name, renamed = column.field.name, OTHER_NAMES[register]
    return renamed.get(name, name) if name not in CATALOGUE[register].fields or name == "name" else name


def _first(name: str, columns: Sequence[Column]) -> Column:
    """Of the columns that state one field, the one that holds: that of the same name, else the text, else the first."""
    return next((one for wanted in (name, "text") for one in columns if one.name == wanted), columns[0])


def _filled_in(name: str, first: Column, column: Column, positions: Sequence[int], instead: dict[str, dict[int, Outcome]]) -> list[int]:
    """Has what a column says stand where the one that holds says nothing: a title is the text of an assumption without a detail.

    Args:
        name: the field that both state for these rows.
        first: the one that holds.
        column: the one that yields.
        positions: the rows.
        instead: what is to stand in the rows of fields; added to.

    Returns:
        The rows in which the one that holds says something.
    """
    empty = {place for place in positions if isinstance(first.outcomes[place], Blank | Unknown)}
    for place in empty:
        if not isinstance(column.outcomes[place], Blank | Unknown | Refused):
            instead.setdefault(name, {}).setdefault(place, column.outcomes[place])
    return [place for place in positions if place not in empty]


def _joined(name: str, first: Column, column: Column, places: Sequence[int], instead: dict[str, dict[int, Outcome]]) -> None:
    """Puts two texts of one field together, as they stand from left to right: `Staff: ten stay until June`.

    Args:
        name: the field that both state for these rows.
        first, column: the columns.
        places: the rows in which the first says something.
        instead: what is to stand in the rows of fields; added to.
    """
    one, other = sorted((first, column), key=lambda each: each.index)
    for place in places:
        said = instead.get(name, {}).get(place)  # of more than two columns
        texts = [said, column.outcomes[place]] if said is not None else [one.outcomes[place], other.outcomes[place]]
        told = [str(text) for text in texts if not isinstance(text, Blank | Unknown | Refused)]
        if len(told) == 2 and not told[1].casefold().startswith(told[0].casefold()):
            instead.setdefault(name, {})[place] = ": ".join(told)


def _as_typed(table: Table, column: Column, position: int) -> Outcome:
    """What a cell says as an attribute: a day as it is read, else the text that stands there, not the choice it was taken for."""
    outcome = column.outcomes[position]
    if isinstance(outcome, date):
        return str(outcome)
    return text_of(table.sheet.rows[table.rows[position]][column.index]) if isinstance(outcome, str | Refused) else outcome


def _closed_issues(table: Table, states: Sequence[object] | None = None) -> None:
    """Leaves out issues that are said to be closed, where nothing says when: as issues without that day they would be open.

    Args:
        table: of issues.
        states: what each row says of its state; what columns that are called so hold when left out.
    """
    if states is None:
        named = [one for one in table.columns if one.attribute and plain_word(one.mapping.header) in STATES and one.outcomes]
        if not named:
            return
        states = named[0].outcomes
    days = table.column("closed")
    for position, (row, state) in enumerate(zip(table.rows, states, strict=True)):
        undated = days is None or isinstance(days.outcomes[position], Blank | Refused | Unknown)
        if undated and isinstance(state, str) and state.casefold() in CLOSED:
            table.refuse_row(row, f"the issue is {state.casefold()}, and nothing says since when; map a column to closed")


def _chosen(table: Table, positions: list[int], columns: list[Column]) -> Table:
    rows = [table.rows[position] for position in positions]
    chosen = set(rows)
    refused = {row: reason for row, reason in table.refused_rows.items() if row in chosen}
    cells = {at: {row: reason for row, reason in rows.items() if row in chosen} for at, rows in table.refused_cells.items()}
    return Table(table.sheet, table.mapping, table.kind, table.intake, columns, rows, [], 0, refused, cells)
