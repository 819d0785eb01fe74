"""Compatible with P3O (Portfolio, Programme and Project Offices): the integrated office as a model that computes.

Who serves whom with what, how every initiative reaches the board, and how old a figure is when it is read there:

```python
ipmo_p3o.coverage(pf).gaps
ipmo_p3o.reporting_paths(pf)
ipmo_p3o.lineage_table(pf)
ipmo_p3o.office_map(pf).save("offices.svg")
```

Inspired by the guidance; the rule texts are ours. P3O is a trade mark of its owner; nothing here is certified.
"""

from __future__ import annotations

from collections.abc import Iterable

from ipmo.figures.svg import Figure
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext, Column, Methodology, Profile, Question, Section, Table, agree, counted, hookimpl
from ipmo_p3o.assessment import Assessment, Step, assess, compare_offices
from ipmo_p3o.blueprint import Blueprint, SectionGap, blueprint
from ipmo_p3o.catalogue import CATALOGUE, FIELDS, GUIDE, RIGHTS, ROLES, STAGES
from ipmo_p3o.drawings import coverage_map
from ipmo_p3o.fields import MODELS, BlueprintElement, Control, Improvement, MaturityScore, Measured, P3OFields, ValueKpi, fields_of
from ipmo_p3o.figures import OfficeFigure, office_value
from ipmo_p3o.flows import Lineage, lineage, lineage_table, wait
from ipmo_p3o.learning import FittingLesson, Lessons, lessons_for
from ipmo_p3o.load import OfficeLoad, office_load, office_load_table
from ipmo_p3o.maturity import Maturity, MaturityRow, maturity
from ipmo_p3o.measures import OfficeMeasure
from ipmo_p3o.offices import OfficeModel, ReportingPath, office_map, office_model, reporting_paths
from ipmo_p3o.raci import Raci, RaciRow, raci
from ipmo_p3o.roles import roles_table
from ipmo_p3o.rules import CHECKS
from ipmo_p3o.services import Coverage, ServiceCell, coverage
from ipmo_p3o.value import kpi_table

__all__ = [
    "CATALOGUE",
    "P3O",
    "Assessment",
    "Blueprint",
    "BlueprintElement",
    "Control",
    "Coverage",
    "FittingLesson",
    "Improvement",
    "Lessons",
    "Lineage",
    "Maturity",
    "MaturityRow",
    "MaturityScore",
    "Measured",
    "OfficeFigure",
    "OfficeLoad",
    "OfficeMeasure",
    "OfficeModel",
    "P3OFields",
    "Raci",
    "RaciRow",
    "ReportingPath",
    "SectionGap",
    "ServiceCell",
    "Step",
    "ValueKpi",
    "assess",
    "blueprint",
    "compare_offices",
    "coverage",
    "coverage_map",
    "ipmo_methodologies",
    "kpi_table",
    "lessons_for",
    "lineage",
    "lineage_table",
    "maturity",
    "office_load",
    "office_load_table",
    "office_map",
    "office_model",
    "office_value",
    "raci",
    "reporting_paths",
    "roles_table",
    "wait",
]


def _section(context: CheckContext) -> Iterable[str | Table | Figure]:
    """The office map, services missing and given twice, reporting lines, and the age of figures at the top."""
    pf = context.portfolio
    model = office_model(pf)
    if not (model.offices or model.bodies or pf.services or pf.flows):
        return
    paths = reporting_paths(pf)
    lost = sum(not top for top in paths["reaches_the_top"])
    steps = [n for n in paths["steps"] if n is not None]
    said = f"{counted(len(model.offices), 'office')} {agree(len(model.offices), 'serves', 'serve')} {counted(len(model.initiatives), 'open initiative')}."
    if lost:
        said += f" {lost} of them {agree(lost, 'does', 'do')} not reach the portfolio's board."
    elif steps:
        said += (
            f" Each reaches the board, over {min(steps)} to {max(steps)} steps."
            if min(steps) != max(steps)
            else f" Each reaches the board, over {steps[0]} steps."
        )
    yield said
    if picture := office_map(pf):
        yield picture
    found = coverage(pf)
    if found.services:
        yield "# Services"
        share = found.share
        if share is None:
            yield "No service is mandatory, so none can be missing."
        else:
            yield f"{share:.0%} of the mandatory services are given or waived. Missing: {len(found.gaps)}; given twice: {len(found.overlaps)}."
        if heat := coverage_map(found, names=found.names):
            yield heat
        bad = [cell for cell in found.cells if cell.gap or cell.overlap]
        yield Table(
            [
                Column("initiative", "str", [c.item for c in bad]),
                Column("service", "str", [c.service for c in bad]),
                Column("state", "str", ["missing" if c.gap else "given twice" for c in bad]),
                Column("by", "str", [", ".join(c.providers) for c in bad]),
            ]
        )
    yield "# Reporting lines"
    yield paths if lost else paths.select("initiative", "path", "steps")
    if pf.flows:
        yield "# Age of figures at the top"
        yield "Freshest and oldest are bounds from cadences and cut-offs, in elapsed days, when the figure lands at its last reader."
        yield lineage_table(pf)
    yield from _worth(context)


def _measured(value: float, unit: str) -> str:
    """A figure of the office with its unit; a share in percent."""
    return f"{100 * value:.0f}%" if unit == "share" else f"{value:,.4g} {unit}"


def _worth(context: CheckContext) -> Iterable[str | Table | Figure]:
    """What offices are worth, how far the blueprint is, and who holds the roles: each where something of it is stated."""
    pf = context.portfolio
    computed = office_value(pf, context.history).where(lambda row: row["value"] is not None)
    if len(computed):
        yield "# The office in figures"
        yield "Computed from the data, none of it typed."
        yield Table(
            [
                Column("figure", "str", computed["title"]),
                Column("value", "str", [_measured(*pair) for pair in zip(computed["value"], computed["unit"], strict=True)]),
                Column("rests_on", "int", computed["count"]),
                Column("looks_bad_for", "str", computed["names"]),
            ]
        )
    kpis = kpi_table(pf)
    if len(kpis):
        yield "# What offices are worth"
        yield "How far from its baseline to its target each measure has come, by the last measurement."
        yield kpis
    found = blueprint(pf)
    if found.share is not None:
        yield "# The blueprint"
        yield f"{found.share:.0%} of the gap between the office model as it is and its blueprint is closed, by weight."
        yield found.table()
    if fields_of(pf).maturity:
        profile = maturity(pf)
        yield "# Maturity"
        heads = [f"{model}s {profile.floor(model, scored=True) or '?'} and {profile.floor(model) or '?'}" for model in MODELS]
        yield f"The lowest level scored, and the lowest that the data show by the attributes of edition {profile.edition}: {', '.join(heads)}."
        yield profile.table()
    new = [p for p in pf.projects if p.counted_as in ("proposed", "approved")] if pf.lessons else []
    fits = [(project.id, row) for project in new for row in lessons_for(pf, project.id, most=3) if not row.used]
    if fits:
        yield "# Lessons for what is about to begin"
        yield Table(
            [
                Column("initiative", "str", [name for name, _ in fits]),
                Column("lesson", "str", [row.lesson.id for _, row in fits]),
                Column("advice", "str", [row.lesson.advice or row.lesson.text for _, row in fits]),
                Column("why", "str", [row.why for _, row in fits]),
            ]
        )
    if found.share is not None or fields_of(pf).maturity:
        way = assess(pf)
        yield "# The way to an integrated office"
        yield f"What the data show of the office, held against an integrated one: {way}. Efforts are guesses to start from, things in the way times person-days each."
        yield way.table()
        yield way.roadmap()
    if any(person.roles for person in pf.people):
        yield "# Roles"
        yield roles_table(pf)


def _roadmap(portfolio: Portfolio) -> Table:
    """The roadmap of `assess`."""
    return assess(portfolio).roadmap()


QUESTIONS = tuple(
    Question(name=f"p3o/{slug}", title=title, source=GUIDE, ask=ask)
    for slug, title, ask in (
        ("assess", "Where the office stands, how far it is from an integrated one, and the way there", assess),
        ("roadmap", "The way to an integrated office: tranches in order, each with what it takes and makes computable", _roadmap),
        ("compare-offices", "Two office models side by side: paths, overlap, age of figures, load and cost", compare_offices),
        ("coverage", "Which service each initiative gets from whom, what is missing and what is given twice", coverage),
        ("reporting-lines", "How each initiative reaches the board", reporting_paths),
        ("lineage", "How old each figure is when the board reads it", lineage_table),
        ("raci", "Who is responsible, accountable, consulted and informed, and the gaps", raci),
        ("lessons", "Lessons that fit what stands before a decision: a project, a gate, a risk", lessons_for),
        ("office-value", "What the office is worth, computed from the data", office_value),
        ("office-load", "What each office has to give, against what it can", office_load_table),
        ("blueprint", "How far the gap between the office as it is and its blueprint is closed", blueprint),
        ("maturity", "Maturity as scored, against what the data show", maturity),
    )
)
"""What people may ask of the method, on the command line too: `ipmo ask NAME PORTFOLIO`."""
P3O = Methodology(
    name="p3o",
    title="Compatible with P3O: portfolio, programme and project offices",
    source=GUIDE,
    edition="2013, renamed since",
    aliases=("prince2-p3o", "prince2-portfolio-programme-and-project-offices"),
    applies_to=("portfolio", "offices"),
    vocabulary={"office": "P3O", "service": "function", "body": "board"},
    stages=STAGES,
    roles=ROLES,
    decision_rights=RIGHTS,
    profiles=(
        Profile(
            name="light",
            title="A single office for a small portfolio",
            source="ipmo",
            without=(
                "p3o/cadence",
                "p3o/standards",
                "p3o/learning",
                "p3o/service-overlap",
                "p3o/roles",
                "p3o/value",
                "p3o/blueprint",
                "p3o/proportion",
            ),
        ),
    ),
    checks=CHECKS,
    extensions=(FIELDS,),
    sections=(Section(name="p3o", title="Offices: who serves whom, and who reports to whom", source=GUIDE, show=_section),),
    questions=QUESTIONS,
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """P3O."""
    return [P3O]
