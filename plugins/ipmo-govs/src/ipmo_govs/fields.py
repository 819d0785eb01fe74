"""What UK government project delivery keeps about a portfolio, a programme or a project: who answers, the business case, the reviews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from ipmo.model import Noun, Portfolio, Programme, Project, doc
from ipmo.plugin import Extension, Shown, UnitError
from ipmo_govs.sources import STANDARD

__all__ = ["CASES", "FIELDS", "NONE", "BusinessCase", "GovsFields", "Review", "case_of", "fields_of", "manager_of"]

CASES: Final = ("SOC", "OBC", "FBC")
"""Strategic outline, outline and full business case, in the order in which they are approved."""


def _day(value: date | str | None) -> date | None:
    try:
        return value if value is None or isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise UnitError(f"{value!r:.40} is no day; write YYYY-MM-DD") from None


def _case(value: BusinessCase | Mapping[str, str] | None) -> BusinessCase | None:
    return value if value is None or isinstance(value, BusinessCase) else BusinessCase(**value)


def _reviews(values: tuple[Review | Mapping[str, str], ...]) -> tuple[Review, ...]:
    return tuple(one if isinstance(one, Review) else Review(**one) for one in values)  # type: ignore[arg-type]


@attrs.frozen(kw_only=True)
class BusinessCase(Shown):
    """The business case as it was last approved.

    Args:
        stage: SOC, OBC or FBC.
        approved: when; None where it is being written.
        file: where it is.
    """

    stage: str = attrs.field(validator=attrs.validators.in_(CASES))
    approved: date | None = attrs.field(default=None, converter=_day)
    file: str = ""


@attrs.frozen(kw_only=True)
class Review(Shown):
    """One assurance review of the integrated assurance and approval plan.

    Args:
        name: what is reviewed, for example `gate 2`.
        line: 1 by those who deliver, 2 by others in the organisation, 3 by independent reviewers.
        due: when it is planned.
        held: when it took place; None where it is still to come.
        by: who reviews: the id of a person, a board or an office, or a free name.
    """

    name: str
    line: int = attrs.field(validator=attrs.validators.in_((1, 2, 3)))
    due: date | None = attrs.field(default=None, converter=_day)
    held: date | None = attrs.field(default=None, converter=_day)
    by: str = attrs.field(default="", metadata=doc("who reviews", refers="owner"))


@attrs.frozen(kw_only=True)
class GovsFields(Shown):
    """Roles, business case and reviews. Roles are ids of people.

    Args:
        senior_officer: of the portfolio: who answers for project delivery in the organisation.
        portfolio_director: of the portfolio.
        portfolio_manager: of the portfolio.
        sro: of a programme or a project: the senior responsible owner; its `owner:` when left out.
        manager: of a programme or a project: the programme or project manager.
        major: it is on the Government Major Projects Portfolio.
        business_case: the case as last approved.
        reviews: the integrated assurance and approval plan.
    """

    senior_officer: str = attrs.field(default="", metadata=doc("who answers for project delivery", refers="person"))
    portfolio_director: str = attrs.field(default="", metadata=doc("portfolio director", refers="person"))
    portfolio_manager: str = attrs.field(default="", metadata=doc("portfolio manager", refers="person"))
    sro: str = attrs.field(default="", metadata=doc("senior responsible owner", refers="person"))
    manager: str = attrs.field(default="", metadata=doc("programme or project manager", refers="person"))
    major: bool = False
    business_case: BusinessCase | None = attrs.field(default=None, converter=_case)
    reviews: tuple[Review, ...] = attrs.field(default=(), converter=_reviews)


FIELDS = Extension(
    name="govs", title="Roles, business case and assurance reviews of UK government project delivery", source=STANDARD, parse=GovsFields
)
NONE = GovsFields()


def fields_of(noun: Portfolio | Noun) -> GovsFields:
    """What the method keeps about an item; nothing when it says nothing."""
    found = getattr(noun, "extensions", {}).get("govs")
    return found if isinstance(found, GovsFields) else NONE


def manager_of(noun: Programme | Project) -> tuple[str, str]:
    """(senior responsible owner, manager) of a programme or a project; empty for nobody."""
    fields = fields_of(noun)
    return fields.sro or noun.owner or "", fields.manager


def case_of(noun: Programme | Project) -> BusinessCase | None:
    """Its business case as last approved; None where none is named."""
    return fields_of(noun).business_case
