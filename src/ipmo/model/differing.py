"""What two portfolios, or two projects, have in common: where little is other, little is compiled and looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias, TypeVar

import attrs

from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task

__all__ = ["Others", "differing", "other_projects", "same_but"]

Others: TypeAlias = Mapping[int, tuple[Project, Project]]
"""Projects that are other in a copy, as they are there and as they were, by their place."""
Noun = TypeVar("Noun", Portfolio, Project, Task)
SETTING = ("projects", "source")
"""Fields of a portfolio in which two may differ."""


def differing(now: Noun, was: Noun, beside: Collection[str] = ()) -> list[str]:
    """The fields in which two nouns of a kind differ.

    Args:
        now: a noun.
        was: another of its kind.
        beside: fields that are not looked at.
    """
    return [
        one.name
        for one in attrs.fields(type(now))
        if one.name not in beside and (mine := getattr(now, one.name)) is not (theirs := getattr(was, one.name)) and mine != theirs
    ]


def same_but(field: str, now: Noun, was: Noun) -> bool:
    """Whether two nouns are the same but for a field."""
    return not differing(now, was, (field,))


def other_projects(copy: Portfolio, portfolio: Portfolio) -> Others | None:
    """The projects that are other in a changed copy of a portfolio; None where more than that is other, or other projects are there.

    Args:
        copy: the copy.
        portfolio: what it was made from.
    """
    if len(copy.projects) != len(portfolio.projects) or differing(copy, portfolio, SETTING):
        return None
    pairs = enumerate(zip(copy.projects, portfolio.projects, strict=True))
    others = {place: (now, was) for place, (now, was) in pairs if now is not was}
    return others if all(now.id == was.id for now, was in others.values()) else None
