"""What the file of another tool has no room for: counted while it is written, and named in one warning."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Final

import attrs

from ipmo.errors import FormatWarning, listed
from ipmo.model.fields import Noun
from ipmo.model.portfolio import Portfolio

__all__ = ["NoRoom", "single"]

SHOWN: Final = 5
"""How many names a sentence lists; the warning keeps all."""
HEAD: Final = re.compile(
    r"^(?P<before>(?:[a-z]+ (?:and [a-z]+ )?)?)(?P<noun>[a-z]+s|people)(?=$|[,:]| '"
    r"| (?:of|with|without|that|who|which|from|to|in|for|beside|beyond|other|dated|done|behind|before)\b)"
)
"""The noun that is counted: before what says more of it."""
AGREE: Final[tuple[tuple[str, str], ...]] = (
    *((rf"\b{which} are (?:the )?(\w+)s\b", rf"{which} is a \1") for which in ("which", "that")),
    *((r"\bwho are people\b", "who is a person"), (r"\b(which|that|who) are\b", r"\1 is")),
    (r"\b(which|that) (move|bear|give|end)\b", r"\1 \2s"),
    (r"\bas public authorities\b", "as a public authority"),
    (r"\bas external (one|early start)s\b", r"as an external \1"),
    (r"\bas ((?:finish )?(?:date|deadline|task|milestone))s\b", r"as a \1"),
    (r"\b(as|of|without) their\b", r"\1 its"),
)
"""What follows a plural, and what follows one alone."""


def single(what: str) -> str:
    """What is left out, of one alone.

    >>> single("tasks of no duration, which are milestones there"), single("second constraints of tasks")
    ('task of no duration, which is a milestone there', 'second constraint of tasks')
    """

    def one(found: re.Match[str]) -> str:
        noun = found["noun"]
        if noun == "people":
            noun = "person"
        elif noun != "progress":
            noun = f"{noun[:-3]}y" if noun.endswith("ies") else noun[:-2] if noun.endswith(("uses", "shes", "xes")) else noun[:-1]
        return found["before"] + noun

    made, changed = HEAD.subn(one, what)
    if changed and made != what:
        for many, few in AGREE:
            made = re.sub(many, few, made)
    return made


class NoRoom:
    """Counts what is left out of a file.

    Args:
        product: the tool whose file it is.
    """

    def __init__(self, product: str) -> None:
        self.product = product
        self.counts: Counter[str] = Counter()
        self.named: dict[str, list[str]] = {}
        """What it concerns, where somebody says so."""
        self.at = ""
        """The full id of what is being written, which all that is left out concerns; empty between such things."""

    def lose(self, what: str, count: int = 1, of: Collection[str] = ()) -> None:
        """So many of something are left out, or written as something else.

        Args:
            what: in the plural: `lags of months`.
            count: how many.
            of: the full ids of what it concerns, where that is not what is being written.
        """
        self.counts[what] += count
        names = self.named.setdefault(what, [])
        names += [name for name in of or (self.at,) if name and name not in names[-1:]]

    def beside(self, noun: Noun, kept: Collection[str], of: str) -> None:
        """Counts the fields of a noun that are set and that the writer does not keep; of nouns in the portfolio, each.

        Args:
            noun: what is written.
            kept: the fields that the file has room for, or whose loss is counted in words of its own.
            of: what the noun is one of: `tasks`, or `the portfolio`.
        """
        for field in attrs.fields(type(noun)):
            value = getattr(noun, field.name)
            if field.name in kept or value == field.default:
                continue
            if isinstance(noun, Portfolio) and isinstance(value, tuple):
                self.lose(field.name, len(value))
            else:
                named = self.at or ("" if isinstance(noun, Portfolio) else getattr(noun, "id", ""))
                self.lose(f"fields {field.name!r} of {of}", of=[named])

    def warn(self, path: Path) -> None:
        """Says it, where there is something to say.

        Args:
            path: the file that was written.

        Warns:
            FormatWarning: what was left out, each with how often.
        """
        if self.counts:
            parts = [
                f"{count} {single(what) if count == 1 else what}" + (f": {listed(of, SHOWN)}" if (of := self.named.get(what)) else "")
                for what, count in self.counts.items()
            ]
            told = FormatWarning(f"{path}: {self.product} has no room for {'; '.join(parts)}", self.counts, self.named)
            warnings.warn(told, stacklevel=6)  # whoever called `ipmo.write`
