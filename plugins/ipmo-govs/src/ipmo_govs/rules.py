"""The rules, each with where it was read: roles, life cycle, gates, business cases, assurance, delivery confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from ipmo.model import Gate, Portfolio, Programme, Project
from ipmo.model.held import Held, gates_by_owner, gates_of
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import Check, CheckContext, Finding, Severity
from ipmo_govs.fields import CASES, case_of, fields_of, manager_of
from ipmo_govs.sources import CONFIDENCE, GATES, PLANS, RED, SRO, TEAL_CASE, TEAL_GATE, TEAL_LIFE, standard

__all__ = ["CHECKS"]

OPEN: Final = ("approved", "active", "paused")
GO: Final = ("go", "conditional go")
QUESTIONS: Final = {"justified": "justified", "affordable": "affordable", "deliverable": "deliverable"}
"""What a decision point looks forward to (Teal Book, 14.2), and the name of the paper that answers it."""
CASE_BEFORE: Final = {"1": "SOC", "2": "OBC", "3": "FBC"}
"""The business case that is approved before each gate: strategic outline, outline and full (as the gates are described)."""
THREE: Final = date(2022, 1, 1)
"""From 2021 there are three ratings; an assessment of that year may still stand on five."""
CENTRAL: Final = ("IPA", "NISTA")


def _finding(slug: str, item: str, message: str, hint: str, severity: Severity = Severity.WARNING, part: str = "") -> Finding:
    return Finding(code=f"govs/{slug}", item=item, part=part, message=message, hint=hint, severity=severity)


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _today(pf: Portfolio) -> date | None:
    return None if pf.status_date is None else _day(pf.status_date)


def _open(context: CheckContext) -> Iterator[Programme | Project]:
    """Programmes that hold something open, and projects in delivery, under this method."""
    pf, tree = context.portfolio, hierarchy(context.portfolio)
    for programme in pf.programmes:
        if context.covers(programme.id) and any(one.counted_as in OPEN for one in tree.projects(programme)):
            yield programme
    for project in pf.projects:
        if project.counted_as in OPEN and context.covers(project.id):
            yield project


def _word(noun: Programme | Project) -> str:
    return "project" if isinstance(noun, Project) else "programme"


def _whole(context: CheckContext) -> bool:
    """Whether the method holds for the portfolio itself, and not for some of it only."""
    return not context.scope


def _number(gate: Gate) -> str:
    """Which of the gates 0 to 5 a gate is; empty for none."""
    for text in (gate.attributes.get("gate", ""), gate.id, gate.name):
        last = text.casefold().removeprefix("gate").removeprefix("g").strip(" -_")
        if last in ("0", "1", "2", "3", "4", "5"):
            return last
    return ""


def senior_officer(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R01: somebody answers for project delivery in the whole organisation."""
    pf = context.portfolio
    if _whole(context) and not fields_of(pf).senior_officer and (pf.projects or pf.programmes):
        yield _finding(
            "senior-officer",
            "",
            "nobody is named who answers for project delivery in the organisation",
            "write extensions: {govs: {senior_officer: ...}} of the portfolio",
        )


def portfolio_roles(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R02: a portfolio has a director and a manager."""
    pf, fields = context.portfolio, fields_of(context.portfolio)
    if not _whole(context) or not (pf.projects or pf.programmes):
        return
    for name, who in (("portfolio_director", fields.portfolio_director), ("portfolio_manager", fields.portfolio_manager)):
        if not who:
            words = name.replace("_", " ")
            yield _finding(
                "portfolio-roles",
                "",
                f"the portfolio has no {words}",
                f"write extensions: {{govs: {{{name}: ...}}}}",
                Severity.ERROR,
                part=name,
            )


def managers(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R03: each programme has a programme manager, each project a project manager."""
    for noun in _open(context):
        if not manager_of(noun)[1]:
            word = _word(noun)
            yield _finding(
                "manager",
                noun.id,
                f"{word} {noun.id!r} has no {word} manager",
                "write extensions: {govs: {manager: ...}}",
                Severity.ERROR,
            )


def responsible_owner(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R04: each programme and project has one senior responsible owner, a person, who does not manage it too."""
    pf = context.portfolio
    people = {person.id for person in pf.people}
    for noun in _open(context):
        owner, manager = manager_of(noun)
        word = _word(noun)
        if not owner:
            yield _finding("sro", noun.id, f"{word} {noun.id!r} has no senior responsible owner", "write owner: one person", Severity.ERROR)
        elif owner not in people:
            yield _finding(
                "sro",
                noun.id,
                f"the senior responsible owner of {word} {noun.id!r} is {owner!r}, which is no person",
                "name one person",
                Severity.ERROR,
            )
        elif owner == manager:
            yield _finding(
                "sro", noun.id, f"{owner!r} is senior responsible owner and manager of {word} {noun.id!r}", "let somebody else manage it"
            )


def life_cycle(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R05: each programme and project has a life cycle with gates and with assurance reviews."""
    gates = gates_by_owner(context.portfolio)
    for noun in _open(context):
        lacks = [] if gates.get(noun.id) else ["gates"]
        lacks += [] if fields_of(noun).reviews or noun_reviews(noun) else ["assurance reviews"]
        if lacks:
            yield _finding(
                "life-cycle",
                noun.id,
                f"the life cycle of {_word(noun)} {noun.id!r} has no {' and no '.join(lacks)}",
                "add gates:, and reviews: under extensions: govs:",
                part=lacks[0],
            )


def noun_reviews(noun: Programme | Project) -> bool:
    """Whether a programme or project was assessed by somebody: a review that took place."""
    return isinstance(noun, Project) and bool(noun.confidence)


def gate_questions(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R06: a gate that lets work go on looks forward: is it justified, affordable, deliverable?"""
    for one in gates_of(context.portfolio):
        gate = one.noun
        if gate.decision is None or gate.decision.outcome not in GO or not _counts(context, one):
            continue
        there = {name for name, where in gate.evidence.items() if where.strip()} | set(gate.decision.evidence)
        lacks = [words for name, words in QUESTIONS.items() if name not in there]
        if lacks:
            message = (
                f"gate {gate.id!r} of {one.owner!r} got {gate.decision.outcome!r}, and no paper says whether the work is {', '.join(lacks)}"
            )
            yield _finding(
                "gate-question",
                one.id,
                message,
                f"write evidence: {{{', '.join(f'{name}: the paper' for name in QUESTIONS if name not in there)}}}",
            )


def _counts(context: CheckContext, one: Held[Gate]) -> bool:
    return context.covers(one.where) and (one.project is None or one.project.counted_as in OPEN)


def business_case(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R07: programmes and projects are governed by a business case, and each gate by the one that it comes after."""
    gates = gates_by_owner(context.portfolio)
    for noun in _open(context):
        if not isinstance(noun, Project):
            continue
        case, word = case_of(noun), _word(noun)
        if case is None:
            if noun.counted_as == "active":
                yield _finding(
                    "business-case",
                    noun.id,
                    f"{word} {noun.id!r} is in delivery and names no business case",
                    "write extensions: {govs: {business_case: {stage: SOC, approved: ...}}}",
                )
            continue
        for one in gates.get(noun.id, ()):
            decision, wanted = one.noun.decision, CASE_BEFORE.get(_number(one.noun))
            if decision is None or decision.outcome not in GO or wanted is None:
                continue
            late = CASES.index(case.stage) < CASES.index(wanted) or case.approved is None
            late = late or (case.stage == wanted and case.approved is not None and case.approved > _day(decision.date))
            if late:
                stands = f"{case.stage} approved on {case.approved}" if case.approved else f"{case.stage}, not approved"
                message = f"gate {one.noun.id!r} of {noun.id!r} got {decision.outcome!r} on {_day(decision.date)}, and its business case stands at {stands}; before that gate comes the {wanted}"
                yield _finding("business-case", one.id, message, "approve the case, or decide the gate anew", Severity.ERROR)


def portfolio_plan(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R08: a portfolio is governed by its portfolio plan."""
    pf = context.portfolio
    if _whole(context) and not pf.baselines and any(project.counted_as in OPEN for project in pf.projects):
        yield _finding(
            "portfolio-plan",
            "",
            "the portfolio has no plan to be governed by: no baseline is named",
            "keep the plan (ipmo snapshot --baseline) and name it under baselines:",
        )


def gate_zero(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R09: gate 0 is a programme's, and is held again as the programme goes on."""
    pf = context.portfolio
    today = _today(pf)
    gates, tree = gates_by_owner(pf), hierarchy(pf)
    for programme in pf.programmes:
        if not context.covers(programme.id) or not any(one.counted_as in OPEN for one in tree.projects(programme)):
            continue
        zeros = [one for one in gates.get(programme.id, ()) if _number(one.noun) == "0"]
        decided = [one.noun.decision for one in zeros if one.noun.decision is not None]
        if not zeros:
            yield _finding(
                "gate-zero",
                programme.id,
                f"programme {programme.id!r} has no gate 0",
                "write gates: [{id: ..., programme: ..., attributes: {gate: '0'}}] at the top",
            )
        elif len(decided) == len(zeros) and today is not None:
            last = max(_day(decision.date) for decision in decided)
            message = f"gate 0 of programme {programme.id!r} was held last on {last}, and no other is planned while its projects go on"
            yield _finding("gate-zero", programme.id, message, "plan the next one", Severity.INFO)


def reviews(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R10: a major project has a plan of its reviews, some of them independent, and holds them by their day."""
    pf = context.portfolio
    today = _today(pf)
    for project in pf.projects:
        fields = fields_of(project)
        if project.counted_as not in OPEN or not context.covers(project.id) or not (fields.major or fields.reviews):
            continue
        if fields.major and not any(one.line == 3 for one in fields.reviews):
            yield _finding(
                "assurance-plan",
                project.id,
                f"major project {project.id!r} plans no independent review",
                "add reviews: with line: 3",
                part="plan",
            )
        line = {manager_of(project)[1], *(task.owner for task in project.tasks)} - {"", None}
        for number, one in enumerate(fields.reviews):
            if one.held is None and one.due is not None and today is not None and one.due < today:
                yield _finding(
                    "assurance-plan",
                    project.id,
                    f"review {one.name!r} of {project.id!r} was due on {one.due} and has not been held",
                    "hold it, or plan it anew",
                    part=f"{number} late",
                )
            if one.line > 1 and one.by in line:
                yield _finding(
                    "assurance-plan",
                    project.id,
                    f"review {one.name!r} of {project.id!r} is by {one.by!r}, who delivers it",
                    "let somebody else review it",
                    Severity.ERROR,
                    part=f"{number} own",
                )


def three_ratings(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R11: central assurance rates on three: red, amber, green."""
    for project in context.portfolio.projects:
        for one in project.confidence if context.covers(project.id) else ():
            if one.scale == "dca-5" and one.date >= THREE and one.assessor.upper() in CENTRAL:
                message = f"the confidence of {one.assessor} in {project.id!r} of {one.date} is {one.rating!r}, on five ratings; since 2021 there are three"
                yield _finding("ratings", project.id, message, "write scale: dca-3 and the rating that was given", part=str(one.date))


def response_to_red(context: CheckContext) -> Iterable[Finding]:
    """GOVS-R12: a red rating is answered: an issue about the project is open, or was settled, since."""
    pf = context.portfolio
    for project in pf.projects:
        if project.counted_as not in OPEN or not context.covers(project.id) or not project.confidence:
            continue
        last = max(project.confidence, key=lambda one: one.date)
        answered = any(
            issue.item is not None
            and (pf.project_of(issue.item) or issue.item) == project.id
            and issue.raised is not None
            and issue.raised >= last.date
            for issue in pf.issues
        )
        if last.rating == "red" and not answered:
            message = f"confidence in {project.id!r} was rated red by {last.assessor} on {last.date}, and nothing was raised about it since"
            yield _finding(
                "red",
                project.id,
                message,
                "raise an issue with an owner and a day: what is done, and what pauses meanwhile",
                Severity.ERROR,
            )


CHECKS = (
    Check(
        code="govs/senior-officer",
        rule="GOVS-R01",
        title="Somebody answers for project delivery in the organisation",
        source=standard("4.4.4"),
        run=senior_officer,
    ),
    Check(
        code="govs/portfolio-roles",
        rule="GOVS-R02",
        title="A portfolio has a director and a manager",
        source=standard("5.2"),
        run=portfolio_roles,
    ),
    Check(code="govs/manager", rule="GOVS-R03", title="Each programme and project has its manager", source=standard("6.2"), run=managers),
    Check(
        code="govs/sro",
        rule="GOVS-R04",
        title="Each programme and project has one senior responsible owner",
        source=SRO,
        run=responsible_owner,
    ),
    Check(code="govs/life-cycle", rule="GOVS-R05", title="A life cycle has gates and assurance reviews", source=TEAL_LIFE, run=life_cycle),
    Check(
        code="govs/gate-question",
        rule="GOVS-R06",
        title="A gate looks forward: justified, affordable, deliverable",
        source=TEAL_GATE,
        run=gate_questions,
    ),
    Check(
        code="govs/business-case",
        rule="GOVS-R07",
        title="Work is governed by a business case, approved before its gate",
        source=TEAL_CASE,
        run=business_case,
    ),
    Check(code="govs/portfolio-plan", rule="GOVS-R08", title="A portfolio is governed by its plan", source=TEAL_CASE, run=portfolio_plan),
    Check(code="govs/gate-zero", rule="GOVS-R09", title="A programme holds gate 0, and holds it again", source=GATES, run=gate_zero),
    Check(
        code="govs/assurance-plan",
        rule="GOVS-R10",
        title="Reviews are planned, independent, and held by their day",
        source=PLANS,
        run=reviews,
    ),
    Check(code="govs/ratings", rule="GOVS-R11", title="Central assurance rates on three", source=CONFIDENCE, run=three_ratings),
    Check(code="govs/red", rule="GOVS-R12", title="A red rating is answered", source=RED, run=response_to_red),
)
