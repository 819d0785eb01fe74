"""Ids and names of what registers list: made fit, kept apart, and found again by whoever refers to them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ipmo.errors import close_matches, listed
from ipmo.files.foreign import Intake, escaped
from ipmo.model.at_once import are_ids
from ipmo.model.references import EXTERNAL, ID
from ipmo.registers.cells.outcomes import CellError, all_folded, folded

__all__ = ["GivenUpError", "Names", "Register"]

SINGULAR: Final = {"bodies": "board", "people": "person", "raid": "entry", "links": "dependency", "classes": "class", "services": "service"}
SHORT = 40
"""Characters of a name that may be an id; a longer one is a sentence."""
KINDS: Final = {
    "project": ("projects",),
    "programme": ("programmes",),
    "objective": ("objectives",),
    "outcome": ("outcomes",),
    "owner": ("people", "bodies", "offices"),
    "person": ("people",),
    "office": ("offices",),
    "body": ("bodies",),
    "office or body": ("offices", "bodies"),
    "driver": ("drivers",),
    "resource": ("resources",),
    "calendar": ("calendars",),
    "standard": ("standards",),
    "task": ("tasks", "milestones"),
}
"""Registers that hold what a reference of a kind names; any register where it is not listed."""
MADE: Final = {
    "owner": "people",
    "person": "people",
    "programme": "programmes",
    "resource": "resources",
    "objective": "objectives",
    "office": "offices",
    "body": "bodies",
    "driver": "drivers",
}
"""What is made of a name that no register lists, where the file has no register of its kind."""


UNSEEN: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Characters without a sign of their own beside those of category Cf: Default_Ignorable_Code_Point of the Unicode standard, as NFKC leaves them."""


def singular(register: str) -> str:
    """What one row of a register is called."""
    return SINGULAR.get(register) or (f"{register[:-3]}y" if register.endswith("ies") else register.removesuffix("s"))


def _look(text: str) -> str:
    """An id as people see it: without case, and without characters that take no place."""
    if text.isascii():
        return folded(text)
    plain = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf" and not UNSEEN.fullmatch(one))
    return folded(plain)


@attrs.define
class Register:
    """What one register, or the part of it that belongs to one project, lists.

    Args:
        by_id: full ids by the ids that the register states.
        by_name: full ids by names, without case; None where two bear a name.
    """

    by_id: dict[str, str] = attrs.field(factory=dict)
    by_name: dict[str, str | None] = attrs.field(factory=dict)
    by_look: dict[str, str] = attrs.field(factory=dict)
    """Ids by how they look."""

    def add(self, stated: str, name: str, full: str) -> None:
        """Lists one."""
        if stated:
            self.by_id.setdefault(stated, full)
        if name:
            key = folded(name)
            self.by_name[key] = full if key not in self.by_name else None if self.by_name[key] != full else full

    def find(self, text: str) -> str | None:
        """The full id of what a text names, by its id, else by its name.

        Raises:
            CellError: two bear that name.
        """
        found = self.by_id.get(text)
        if found is None:
            key = folded(text)
            if key in self.by_name and self.by_name[key] is None:
                raise CellError(f"{text!r} is the name of two; write the id")
            found = self.by_name.get(key)
        return found


class _Listed(Register):
    """A register of which each row states an id: what is looked up in it is put in order when somebody looks.

    Args:
        stated: the id of each row.
        names: its name; nothing where no column says them.
    """

    __slots__ = ("names", "stated")

    def __init__(self, stated: Sequence[str], names: Sequence[str]) -> None:
        self.stated, self.names = stated, names

    if not TYPE_CHECKING:  # a class with it would have every attribute for a type checker

        def __getattr__(self, name: str) -> object:
            if name not in ("by_id", "by_name", "by_look"):
                raise AttributeError(name)
            found = Register()
            for own, called in zip(self.stated, self.names or itertools.repeat("")):  # noqa: B905 # names may be none
                found.add(own, called, own)
                found.by_look[_look(own)] = own
            self.by_id, self.by_name, self.by_look = found.by_id, found.by_name, found.by_look
            return getattr(self, name)


class GivenUpError(CellError):
    """What a cell names was given up: no fault of the cell."""


class Names:
    """What a file lists, by register and project.

    Args:
        intake: the reading.
    """

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.registers: dict[tuple[str, str], Register] = {}
        self.taken: dict[str, set[str]] = {}
        """Ids in use, at the top (``) and within each project."""
        self.made: dict[str, dict[str, str]] = {}
        """What was made of names that nothing lists: register, id, name."""
        self.keys: dict[tuple[str, str], str] = {}
        self.renamed: dict[str, str] = {}
        self.given_up: set[str] = set()
        """Ids and names of work that was given up, and is left out."""
        self.alike: list[tuple[str, str]] = []
        """Ids of one register that differ only by case or by what nobody sees."""

    def register(self, name: str, project: str = "") -> Register:
        """One register, or its part that belongs to a project."""
        found = self.registers.get((name, project))
        if found is None:
            found = self.registers[name, project] = Register()
        return found

    def has(self, name: str) -> bool:
        """The file has such a register, and something in it."""
        return any(register == name for register, _ in self.registers)

    def add(self, register: str, project: str, stated: str, name: str, row: int) -> str:
        """The id of a row: as it states it, else its short name, else the register and its row.

        Raises:
            CellError: the register lists that id already.
        """
        taken = self.taken.get(project)
        if taken is None:
            taken = self.taken[project] = set()
        listed_here = self.registers.get((register, project)) or self.register(register, project)
        if stated and stated in listed_here.by_id:
            raise CellError(f"the id {stated!r} stands in this register already; give one of the two rows another")
        if stated and (other := listed_here.by_look.setdefault(_look(stated), stated)) != stated:
            self.alike.append((other, stated))
        wanted = stated or (name if len(name) <= SHORT else "") or f"{singular(register)} {row + 1}"
        made = (
            wanted
            if ID.fullmatch(wanted) and len(wanted) <= 200
            else escaped(" ".join(wanted.split()))[:200].rstrip() or singular(register)
        )
        if not stated and folded(name) in listed_here.by_name:
            raise CellError(f"{name!r} stands in this register already, and no id tells the two apart")
        unique = made
        if unique in taken:  # another register counts from 1 too
            unique = f"{singular(register)} {made}"[:200]
            number = 1
            while unique in taken:
                number += 1
                unique = f"{singular(register)} {made}"[:190] + f"~{number}"
            self.renamed[f"{made} of {register}"] = unique
        taken.add(unique)
        listed_here.add(stated, name, unique if not project else f"{project}/{unique}")
        return unique

    def added(self, register: str, stated: Sequence[str], names: Sequence[str]) -> bool:
        """Lists all rows of a register at the top at once, by the ids that they state; says whether that was possible.

        It is where each states an id of its own that can stand as it is, and that no other register and no other row bears or looks like.

        Args:
            register: the register, of which nothing is listed yet.
            stated: the id of each row.
            names: its name; nothing where no column says them.
        """
        taken = self.taken.setdefault("", set())
        joined = "".join(stated)
        looks = stated if joined.isupper() or joined == joined.lower() else all_folded(stated)  # letters of one case differ as they stand
        known = (register, "") in self.registers or not taken.isdisjoint(stated)
        if known or len(set(looks)) < len(looks) or not joined.isascii() or not are_ids(stated, apart=True):
            return False
        taken.update(stated)
        self.registers[register, ""] = _Listed(stated, names)
        return True

    def find(self, text: str, kind: str, project: str = "", own: str = "") -> str:
        """The full id of what a text names.

        Args:
            text: an id, a full id or a name.
            kind: what kind of thing is named: `project`, `owner`, `item`, ...
            project: the project of the row that names it.
            own: the register of that row, looked in first.

        Raises:
            CellError: nothing bears that id or name, or two do.
        """
        if text.startswith(EXTERNAL):
            return text
        bare, at, end = text.rpartition("@")
        if at and end in ("start", "finish") and kind in ("item", "node"):
            return f"{self.find(bare, kind, project, own)}@{end}"
        registers = KINDS.get(kind) or tuple(dict.fromkeys([own, *(name for name, _ in self.registers)]))
        scope, slash, inner = text.partition("/")
        places = [(name, within) for within in dict.fromkeys((project, "")) for name in registers if name]
        for place in places:
            if place in self.registers and (found := self.registers[place].find(text)) is not None:
                return found
        if slash and (owner := self.registers.get(("projects", ""), Register()).find(scope)) is not None:
            for name in registers:
                if (name, owner) in self.registers and (found := self.registers[name, owner].find(inner)) is not None:
                    return found
        if found := self._of_another_project(text, registers):
            return found
        if kind in MADE and not any(self.has(name) for name in registers):
            return self.make(MADE[kind], text)
        if kind == "owner":  # people who own something and are on no list are people all the same
            return self.make("people", text)
        if text in self.given_up or (slash and inner in self.given_up):
            raise GivenUpError(f"{text!r} was given up, so nothing waits for it")
        raise CellError(f"{text!r} is no {kind} that this file lists{self._near(text, registers, kind)}")

    def _of_another_project(self, text: str, registers: Iterable[str]) -> str:
        """What a bare id names in another project; nothing where ids are those of each project alone: then `project/id` says which."""
        for register in registers:
            inside = [found.by_id for (name, project), found in self.registers.items() if name == register and project]
            bearing = [ids[text] for ids in inside if text in ids]
            if len(bearing) == 1 and sum(map(len, inside)) == len(set().union(*inside)):
                return bearing[0]
        return ""

    def make(self, register: str, text: str) -> str:
        """The id of something that is known by its name only."""
        known = (register, folded(text))
        if known in self.keys:
            return self.keys[known]
        wanted = text if ID.fullmatch(text) and len(text) <= 200 else escaped(" ".join(text.split()))[:200].rstrip() or singular(register)
        taken = self.taken.setdefault("", set())
        unique, number = (wanted if wanted not in taken else f"{singular(register)} {wanted}"[:200]), 1
        while unique in taken:
            number += 1
            unique = f"{wanted[:190]}~{number}"
        taken.add(unique)
        self.keys[known] = unique
        self.made.setdefault(register, {})[unique] = " ".join(text.split())
        return unique

    def _near(self, text: str, registers: Iterable[str], kind: str = "") -> str:
        elsewhere = [
            found.by_id[text] for (name, project), found in self.registers.items() if project and name in registers and text in found.by_id
        ]
        if elsewhere and kind in ("node", "item"):
            return f"; of another project write its id before it: {listed(sorted(elsewhere))}"
        known = [
            name
            for register in registers
            for (one, _), listed_here in self.registers.items()
            if one == register
            for name in listed_here.by_id
        ]
        known += [name for register in registers for (one, _), found in self.registers.items() if one == register for name in found.by_name]
        near = close_matches(text, known) or close_matches(folded(text), known)
        return f"; close: {listed(near)}" if near else ""
