"""UK government project delivery as a method: GovS 002, the Teal Book, gates 0 to 5 and delivery confidence.

```python
ipmo_govs.roles(pf)        # who holds each role that the standard makes mandatory
ipmo_govs.assurance(pf)    # reviews by line, gates and the latest confidence of each project
```

In our own words, from public texts under the Open Government Licence v3.0; clause numbers stand where they were seen. Certified by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

from ipmo.figures.svg import Figure
from ipmo.model import Portfolio, Programme, Project
from ipmo.model.held import gates_by_owner
from ipmo.plugin import (
    CheckContext,
    Column,
    DecisionRight,
    GateRule,
    Methodology,
    Profile,
    Question,
    Role,
    Section,
    Stage,
    Table,
    hookimpl,
)
from ipmo_govs.fields import CASES, FIELDS, BusinessCase, GovsFields, Review, fields_of, manager_of
from ipmo_govs.rules import CHECKS
from ipmo_govs.sources import GATES, PLANS, SRO, STANDARD, TEAL_CASE, standard

__all__ = ["CASES", "GOVS", "BusinessCase", "GovsFields", "Review", "assurance", "ipmo_methodologies", "roles"]


def roles(portfolio: Portfolio) -> Table:
    """Who holds each role that the standard makes mandatory: item, role, person, clause; nobody where it is not held.

    Source: GovS 002 v2.1, clauses 4.4.4, 5.2 and 6.2 (GPD-PN 01/25); the senior responsible owner by the guide to that role.
    """
    fields = fields_of(portfolio)
    rows = [
        (portfolio.id, "senior officer accountable for project delivery", fields.senior_officer, "4.4.4"),
        (portfolio.id, "portfolio director", fields.portfolio_director, "5.2"),
        (portfolio.id, "portfolio manager", fields.portfolio_manager, "5.2"),
    ]
    nouns: list[Programme | Project] = [*portfolio.programmes, *portfolio.projects]
    for noun in nouns:
        word = "project" if isinstance(noun, Project) else "programme"
        owner, manager = manager_of(noun)
        rows += [(noun.id, "senior responsible owner", owner, ""), (noun.id, f"{word} manager", manager, "6.2")]
    return Table(
        [
            Column("item", "str", [row[0] for row in rows]),
            Column("role", "str", [row[1] for row in rows]),
            Column("person", "str", [row[2] or "nobody" for row in rows]),
            Column("clause", "str", [row[3] or None for row in rows]),
        ]
    )


def assurance(portfolio: Portfolio) -> Table:
    """Of each project how it is assured: item, case, first, second, third (reviews planned by line), next review, gates, rating, rated."""
    gates = gates_by_owner(portfolio)
    rows = [(project, fields_of(project)) for project in portfolio.projects]
    last = [max(project.confidence, key=lambda one: one.date, default=None) for project, _ in rows]
    return Table(
        [
            Column("item", "str", [project.id for project, _ in rows]),
            Column("case", "str", [fields.business_case.stage if fields.business_case else None for _, fields in rows]),
            *(
                Column(name, "int", [sum(one.line == line for one in fields.reviews) for _, fields in rows])
                for line, name in ((1, "first"), (2, "second"), (3, "third"))
            ),
            Column("next_review", "date", [min((r.due for r in f.reviews if r.held is None and r.due), default=None) for _, f in rows]),
            Column("gates", "int", [len(gates.get(project.id, ())) for project, _ in rows]),
            Column("rating", "str", [None if one is None else one.rating for one in last]),
            Column("rated", "date", [None if one is None else one.date for one in last]),
        ]
    )


def _section(context: CheckContext) -> Iterable[str | Table | Figure]:
    """Mandatory roles, then how each project is assured."""
    pf = context.portfolio
    if not (pf.projects or pf.programmes):
        return
    yield "# Mandatory roles"
    yield roles(pf)
    if pf.projects:
        yield "# Assurance"
        yield "Reviews by the three lines, the business case as last approved, and the latest delivery confidence, by whoever assessed it."
        yield assurance(pf)


QUESTIONS = tuple(
    Question(name=f"govs/{slug}", title=title, source=STANDARD, ask=ask)
    for slug, title, ask in (
        ("mandatory-roles", "Who holds each role that the standard makes mandatory", roles),
        ("assurance", "How each project is assured: reviews by line, gates and the latest confidence", assurance),
    )
)
"""What people may ask of the method, on the command line too: `ipmo ask NAME PORTFOLIO`."""
STAGES = (
    Stage(name="policy", title="Policy and strategic case", phase="concept"),
    Stage(name="options", title="Options and outline case", phase="definition"),
    Stage(name="full-case", title="Procurement and full case", phase="definition"),
    Stage(name="delivery", title="Delivery", phase="delivery"),
    Stage(name="service", title="Service and benefits", phase="transition"),
)
"""Our names, after the business case or the gate that ends each: the names in the Teal Book's reference life cycle were not seen."""
GATE_RULES = (
    GateRule(name="0", title="Strategic assessment", source=GATES, evidence=("strategic-case",), checks=("govs/gate-zero",)),
    GateRule(
        name="1", title="Business justification", source=GATES, after="policy", evidence=("strategic-outline-case",), checks=("govs/sro",)
    ),
    GateRule(
        name="2",
        title="Delivery strategy",
        source=GATES,
        after="options",
        evidence=("outline-business-case",),
        checks=("govs/business-case",),
    ),
    GateRule(
        name="3",
        title="Investment decision",
        source=GATES,
        after="full-case",
        evidence=("full-business-case", "funding-agreed"),
        checks=("govs/business-case", "govs/manager"),
    ),
    GateRule(
        name="4", title="Readiness for service", source=GATES, after="delivery", evidence=("readiness",), checks=("govs/assurance-plan",)
    ),
    GateRule(name="5", title="Operations review and benefits realisation", source=GATES, after="service", evidence=("benefits-review",)),
)
GOVS = Methodology(
    name="govs",
    title="UK government project delivery",
    source=STANDARD,
    edition="GovS 002 version 2.1 (2025); The Teal Book (2025)",
    aliases=("govs-002", "teal-book", "uk-government"),
    applies_to=("portfolio", "programme", "project"),
    vocabulary={"portfolio": "portfolio", "programme": "programme", "project": "project", "gate": "gate"},
    stages=STAGES,
    gates=GATE_RULES,
    roles=(
        Role(name="senior-officer", title="Senior officer accountable for project delivery", source=standard("4.4.4"), mandatory=True),
        Role(name="portfolio-director", title="Portfolio director", source=standard("5.2"), mandatory=True),
        Role(name="portfolio-manager", title="Portfolio manager", source=standard("5.2"), mandatory=True),
        Role(name="senior-responsible-owner", title="Senior responsible owner", source=SRO, mandatory=True),
        Role(name="programme-manager", title="Programme manager", source=standard("6.2"), mandatory=True),
        Role(name="project-manager", title="Project manager", source=standard("6.2"), mandatory=True),
    ),
    decision_rights=(
        DecisionRight(name="approve-case", title="Approve a business case of a major project", held_by="HM Treasury", source=PLANS),
        DecisionRight(name="plan", title="Approve the portfolio plan", held_by="Portfolio director", source=TEAL_CASE),
    ),
    profiles=(
        Profile(
            name="local",
            title="Work that is on no major projects portfolio",
            source="ipmo",
            without=("govs/assurance-plan", "govs/red", "govs/ratings", "govs/gate-zero"),
        ),
    ),
    checks=CHECKS,
    extensions=(FIELDS,),
    sections=(Section(name="govs", title="UK government project delivery: roles and assurance", source=STANDARD, show=_section),),
    questions=QUESTIONS,
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """UK government project delivery."""
    return [GOVS]
