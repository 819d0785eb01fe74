"""References as values: `t`, `P/t`, `P@finish`, `P/t@start`, `external:supplier`, parsed once."""

from __future__ import annotations

import functools
import re
from typing import Final, Literal

import attrs

__all__ = ["EXTERNAL", "FINISH", "ID", "START", "End", "Reference", "item_of", "reference"]

ID: Final = re.compile(r"[^\s/:@]+(?: [^\s/:@]+)*")
"""What an id looks like: no slash, colon or at sign, single spaces only between words."""
EXTERNAL: Final = "external:"
"""What the name of something outside the portfolio begins with."""
START, FINISH = "@start", "@finish"
End = Literal["", "start", "finish"]
ENDS: Final[dict[str, End]] = {"start": "start", "finish": "finish"}


@attrs.frozen
class Reference:
    """What a text of the form `project/item@end` names.

    Args:
        item: the full id without its end: `P/t`, `P`, `external:supplier`.
        project: what stands before the slash; empty where there is none.
        name: what stands after the slash; the whole id where there is none.
        end: `start` or `finish` where the text names one of the two, else empty.
        external: it lies outside the portfolio.

    >>> reference("tram/build@finish")
    Reference(item='tram/build', project='tram', name='build', end='finish', external=False)
    >>> str(reference("tram/build@finish")), reference("tram@start").top
    ('tram/build@finish', 'tram')
    """

    item: str
    project: str = ""
    name: str = ""
    end: End = ""
    external: bool = False

    @property
    def top(self) -> str:
        """What stands at the top: the project of an item inside one, else the item itself."""
        return self.project or self.item

    @property
    def inner(self) -> str:
        """The item's id within its project; empty for what stands at the top."""
        return self.name if self.project else ""

    def within(self, project: str) -> Reference:
        """The same name inside a project: how a reference is looked up first where it stands inside one."""
        return attrs.evolve(self, item=f"{project}/{self.name}", project=project)

    def __str__(self) -> str:
        return f"{self.item}@{self.end}" if self.end else self.item


def item_of(text: str) -> str:
    """The item that a reference names, without an end: `reference(text).item`, of plain ids at once.

    >>> item_of("tram/build@finish"), item_of("tram/build")
    ('tram/build', 'tram/build')
    """
    return reference(text).item if "@" in text else text


@functools.lru_cache(maxsize=1 << 14)
def reference(text: str) -> Reference:
    """The reference that a text writes. An end other than `start` and `finish` is left in the id, which nothing bears."""
    if text.startswith(EXTERNAL):
        return Reference(text, "", text.removeprefix(EXTERNAL), "", True)
    item, at, last = text.partition("@")
    end = ENDS.get(last, "")
    if at and not end:
        item = text
    project, slash, name = item.partition("/")
    return Reference(item, project if slash else "", name if slash else item, end)
