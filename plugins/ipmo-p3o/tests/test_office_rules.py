"""Roles, blueprint, value, the end of an office, control in proportion: P3O-R10, R15, R18, R19, R20, where each is hard."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import Span
from ipmo.model import (
    Benefit,
    DecisionBody,
    Enabler,
    Gate,
    Lesson,
    Office,
    Person,
    Portfolio,
    Programme,
    Project,
    Risk,
    Service,
    StatusReport,
    Task,
)
from ipmo.plugin import CheckContext
from ipmo_p3o import P3O, BlueprintElement, Control, Measured, P3OFields, ValueKpi, assess, blueprint, kpi_table, roles_table
from ipmo_p3o.wording import later

MONTH, WEEK = Span(1, "month"), Span(1, "w")


def p3o(**fields: Any) -> dict[str, Any]:
    return {"extensions": {"p3o": P3OFields(**fields)}}


HUB = Office(id="hub", type="portfolio", permanent=True, reports_to="board", sponsor="boss")
BOSS, ANN = Person(id="boss", roles=["head"], office="hub"), Person(id="ann")


def portfolio(*offices: Office, people: tuple[Person, ...] = (BOSS, ANN), **more: Any) -> Portfolio:
    fields = {"projects": [Project(id="P", programme="T")], "status_date": "2026-06-01", **more}
    return Portfolio(
        id="x",
        start="2026-01-05",
        programmes=[Programme(id="T")],
        bodies=(DecisionBody(id="board", level="portfolio"),),
        offices=(HUB, *offices),
        people=people,
        **fields,
    )


def heard(slug: str, pf: Portfolio) -> list[str]:
    check = next(c for c in P3O.checks if c.code == f"p3o/{slug}")
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


# ------------------------------------------------------------------------------------------------ roles


def test_r10_one_role_under_two_names_is_one_and_four_roles_are_too_many() -> None:
    twice = Person(id="ann", roles=["analyst", "Portfolio analyst", "risk", "Risk management", "finance"])
    assert not heard("roles", portfolio(people=(BOSS, twice)))
    many = Person(id="ann", roles=["analyst", "risk", "finance", "tools"])
    assert heard("roles", portfolio(people=(BOSS, many))) == ["'ann' holds 4 roles, more than 3: analyst, finance, risk, tools"]
    assert not heard("roles", portfolio(people=(BOSS, many), **p3o(most_roles=4)))


def test_r10_a_head_leads_the_office_that_they_belong_to() -> None:
    spoke = Office(id="spoke", type="programme", host="T", ends="2026-12-31", reports_to="hub")
    assert heard("roles", portfolio(spoke)) == ["office 'spoke' has nobody in the role 'Head of the temporary office'"]
    assert not heard("roles", portfolio(spoke, people=(BOSS, Person(id="ann", office="spoke", roles=["head-temporary"]))))
    assert not heard("roles", portfolio(people=(ANN, Person(id="boss", roles=["head"])))), "at the top a head may belong to none"
    assert "'hub' has nobody" in heard("roles", portfolio(spoke, people=(ANN, Person(id="boss", office="spoke", roles=["head"]))))[0]


def test_r10_asks_for_the_roles_of_a_profile() -> None:
    asked = portfolio(
        people=(BOSS, Person(id="ann", roles=["Portfolio director", "portfolio-manager", "Project manager"])),
        **p3o(role_profile="govs-002"),
    )
    assert heard("roles", asked) == ["nobody holds the role 'Programme manager'"]
    held = dict(zip(roles_table(asked)["role"], roles_table(asked)["held_by"], strict=True))
    assert (held["Portfolio director"], held["Programme manager"]) == ("ann", "nobody")
    filled = assess(asked)["roles"]
    assert (filled.value, filled.names) == (5 / 6, ("Programme manager",)), "nobody is no holder"


def test_r10_who_owns_a_programme_does_not_belong_to_the_office_that_assures_it() -> None:
    judge = Office(id="judge", type="centre of excellence", permanent=True, reports_to="hub")
    owner = Person(id="ann", office="judge", roles=["head"])
    given_to = Service(id="assurance", provider="judge", consumers=["T"])
    pf = portfolio(
        judge,
        people=(BOSS, owner),
        services=[given_to],
        projects=[Project(id="P", programme="T", owner="ann"), Project(id="Q", owner="ann")],
    )
    assert heard("roles", pf) == ["'ann' owns 'P' and belongs to office 'judge', which gives it 'assurance'"]
    closed = pf.evolve("P", state="closed")
    assert not heard("roles", closed)
    by_role = portfolio(people=(BOSS, Person(id="ann", roles=["Quality assurance"])), projects=[Project(id="P", owner="ann")])
    assert heard("roles", by_role) == ["'ann' owns 'P' and holds the role 'quality', which judges it"]


# ------------------------------------------------------------------------------------------------ blueprint


def element(name: str, section: str = "processes", **more: Any) -> BlueprintElement:
    return BlueprintElement(**{"id": name, "section": section, "as_is": "forty", "to_be": "one", "owner": "ann", **more})


def test_r15_counts_gaps_by_weight_and_leaves_out_what_stays_as_it_is() -> None:
    found = blueprint(
        portfolio(
            **p3o(
                blueprint=(
                    element("a", weight=3, closed=date(2026, 6, 1), evidence="minutes"),
                    element("b", weight=1, done=0.5),
                    element("stays", as_is="one", weight=100),
                    element("later", "technology", weight=4, closed=date(2026, 6, 2), evidence="plan"),
                )
            )
        )
    )
    row = found["processes"]
    assert (row.gaps, row.closed, row.weight, row.closed_weight, row.share) == (2, 1, 4, Fraction(7, 2), 0.875)
    assert found["technology"].share == 0, "closed after the status date is not closed yet"
    assert found["information"].share is None
    assert found.share == pytest.approx(3.5 / 8)
    assert [one.id for one in found.open] == ["b", "later"]
    assert found.table().columns == ("section", "gaps", "closed", "weight", "closed_weight", "share")


def test_r15_wants_order_evidence_owners_and_no_circle() -> None:
    said = heard(
        "blueprint",
        portfolio(
            **p3o(
                blueprint=(
                    element("reports", closed=date(2026, 5, 1), after=("ledger", "unheard")),
                    element("ledger", "information", owner="zoe"),
                    element("x", "technology", after=("y",)),
                    element("y", "organisation", after=("x",)),
                )
            )
        ),
    )
    assert said == [
        "gap 'reports' of the blueprint counts as closed, and nothing shows it",
        "gap 'ledger' of the blueprint (information) is owned by 'zoe', whom nobody knows",
        "gap 'reports' of the blueprint counts as closed, and 'ledger', which it rests on, is open",
        "gap 'reports' of the blueprint comes after 'unheard', which it does not have",
        "gaps of the blueprint wait for one another: x, y",
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["processes", "organisation", "technology", "information"]), st.integers(1, 9), st.integers(0, 4)),
        max_size=9,
    )
)
def test_r15_the_whole_share_lies_between_those_of_its_sections(rows: list[tuple[str, int, int]]) -> None:
    found = blueprint(portfolio(**p3o(blueprint=tuple(element(f"e{n}", s, weight=w, done=d / 4) for n, (s, w, d) in enumerate(rows)))))
    shares = [row.share for row in found.sections if row.share is not None]
    assert (found.share is None) == (not rows)
    if found.share is not None:
        assert min(shares) - 1e-9 <= found.share <= max(shares) + 1e-9
        assert found.share == pytest.approx(sum(w * d / 4 for _, w, d in rows) / sum(w for _, w, _ in rows))


# ------------------------------------------------------------------------------------------------ value


def valued(**more: Any) -> Portfolio:
    kpi = {
        "id": "k",
        "baseline": 30.0,
        "target": 10.0,
        "owner": "ann",
        "every": MONTH,
        "measured": (Measured(date=date(2026, 5, 1), value=20.0),),
        **more,
    }
    return portfolio().evolve("hub", **p3o(kpis=(ValueKpi(**kpi),)))


def test_r18_a_measurement_of_the_day_is_fresh_a_later_one_does_not_count() -> None:
    assert not heard("value", valued())
    old = valued(measured=(Measured(date=date(2026, 4, 30), value=20.0), Measured(date=date(2026, 6, 2), value=12.0)))
    assert heard("value", old) == ["KPI 'k' of office 'hub' was last measured on 2026-04-30, more than 1 month ago"]
    assert heard("value", valued(target=30.0)) == ["KPI 'k' of office 'hub' aims at what it was"]
    assert heard("value", valued(owner="zoe", baseline=None, measured=())) == [
        "KPI 'k' of office 'hub' has no baseline and is owned by 'zoe', whom nobody knows and was never measured"
    ]
    assert heard("value", valued(owner="", every=None)) == [
        "KPI 'k' of office 'hub' does not say how often it is measured and has no owner"
    ]
    table = kpi_table(valued())
    assert (table["latest"], table["reached"]) == ((20.0,), (0.5,))


def test_r18_one_whole_kpi_is_enough_and_a_closed_office_needs_none() -> None:
    whole = ValueKpi(id="k", baseline=30.0, target=10.0, owner="ann", every=MONTH, measured=(Measured(date=date(2026, 5, 20), value=20.0),))
    assert not heard("value", portfolio().evolve("hub", **p3o(kpis=(ValueKpi(id="bare"), whole))))
    gone = Office(id="gone", type="programme", host="T", ends="2026-05-31", reports_to="hub")
    assert heard("value", portfolio(gone)) == ["nothing measures what office 'hub' is worth"]


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(1, 40))
def test_a_month_later_keeps_the_day_or_is_the_last_of_its_month(day: date, months: int) -> None:
    found = later(day, Span(months, "month"))
    assert found.year * 12 + found.month == day.year * 12 + day.month + months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1
    assert later(later(day, Span(months, "ed")), Span(-months, "ed")) == day


# ------------------------------------------------------------------------------------------------ the end of an office


def ended(people: tuple[Person, ...] = (), handed_over: dict[str, str] | None = None, **more: Any) -> Portfolio:
    spoke = Office(
        id="spoke",
        type="programme",
        host="T",
        ends="2026-05-31",
        reports_to="hub",
        **p3o(handed_over=ipmo.model.FrozenMap(handed_over or {})),
    )
    return portfolio(spoke, people=(BOSS, ANN, *people), **more)


def test_r19_hands_over_what_there_is_to_somebody_who_stays() -> None:
    assert heard("office-closing", ended()) == [
        "office 'spoke' closed on 2026-05-31 and handed its records to nobody",
        "office 'spoke' closed on 2026-05-31 and handed its lessons to nobody",
    ]
    assert not heard("office-closing", ended(handed_over={"records": "hub", "lessons": "ann"}))
    assert not heard("office-closing", ended().evolve("spoke", ends="2026-06-02")), "it is still open"
    everything = ended(
        handed_over={"records": "board", "lessons": "ann"},
        projects=[Project(id="P", programme="T", risks=[Risk(id="R", owner="ann")])],
        benefits=[Benefit(id="b", enabled_by=[Enabler(source="P")])],
    )
    assert heard("office-closing", everything) == [
        "office 'spoke' closed on 2026-05-31 and handed its risks to nobody",
        "office 'spoke' closed on 2026-05-31 and handed its benefits to nobody",
    ]


def test_r19_nobody_who_goes_with_the_office_takes_over_or_keeps_a_risk() -> None:
    goes, stays = Person(id="goes", office="spoke"), Person(id="stays", office="spoke", permanent=True)
    assert heard("office-closing", ended((goes,), {"records": "spoke", "lessons": "goes"})) == [
        "office 'spoke' closed on 2026-05-31 and handed its records to itself",
        "office 'spoke' closed on 2026-05-31 and handed its lessons to 'goes' of office 'spoke', which has closed",
    ]
    assert not heard("office-closing", ended((stays,), {"records": "stays", "lessons": "stays"}))
    assert heard("office-closing", ended((), {"records": "P", "lessons": "ann"})) == [
        "office 'spoke' closed on 2026-05-31 and handed its records to 'P', who is no person, office or board"
    ]
    risky = [Project(id="P", risks=[Risk(id="R", owner="goes"), Risk(id="S", owner="goes", state="closed"), Risk(id="U", owner="stays")])]
    pf = ended((goes, stays), {"records": "ann", "lessons": "ann"}, projects=risky)
    assert heard("office-closing", pf) == ["open risk 'P/R' is still owned by 'goes' of office 'spoke', which has closed"]


# ------------------------------------------------------------------------------------------------ proportion


def controlled(days: tuple[str, ...], gates: int = 1, control: Control | None = None, **more: Any) -> Portfolio:
    asked = control or Control(tier="gold", gates_least=1, gates_most=2, reports_least=MONTH, reports_most=WEEK)
    reports = [StatusReport(date=day, rag="green") for day in days]
    fields: dict[str, Any] = {"gates": [Gate(id=f"G{n}") for n in range(gates)], "status": reports, "attributes": {"tier": "gold"}, **more}
    return portfolio(projects=[Project(id="P", **fields)], **p3o(controls=(asked,)))


MONTHLY = ("2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01")


def test_r20_says_too_much_and_too_little() -> None:
    assert not heard("proportion", controlled(MONTHLY))
    assert heard("proportion", controlled(MONTHLY, gates=3)) == ["project 'P' of tier 'gold' has 3 gates; the tier needs 2 at most"]
    assert heard("proportion", controlled(MONTHLY[:3])) == [
        "project 'P': its last report is of 2026-04-01; its tier 'gold' asks for one every 1 month"
    ]
    slow = controlled(("2025-11-01", "2026-01-15", "2026-03-16", "2026-05-20"))
    assert heard("proportion", slow) == ["project 'P': 3 of 3 stretches between its reports are longer than the 1 month of its tier 'gold'"]
    never = controlled((), actual_start="2026-04-20")
    assert "it began on 2026-04-20 and has no report" in heard("proportion", never)[0]
    assert not heard("proportion", controlled((), actual_start="2026-05-20"))


def test_r20_reports_by_the_day_are_too_many_but_two_of_one_day_are_one() -> None:
    daily = controlled(("2026-05-26", "2026-05-27", "2026-05-28", "2026-05-29"))
    assert heard("proportion", daily) == ["project 'P': 3 of 3 stretches between its reports are shorter than the 1 w of its tier 'gold'"]
    assert not heard("proportion", controlled(("2026-05-14", "2026-05-14", "2026-05-21", "2026-05-21", "2026-05-28", "2026-05-28")))
    assert heard("proportion", controlled(MONTHLY, attributes={"criticality": "lead"})) == [
        "project 'P' is of the tier 'lead', which the portfolio does not describe: nobody can say how closely it should be looked at"
    ]
    assert "of no tier" in heard("proportion", controlled(MONTHLY, attributes={}))[0]


# ------------------------------------------------------------------------------------------------ what cannot be read


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"blueprint": [{"id": "a", "section": "processes"}, {"id": "a", "section": "processes"}]}, "element 'a' is given twice"),
        ({"blueprint": [{"id": "a", "section": "processes", "weight": 0}]}, "a weight is above 0"),
        ({"blueprint": [{"id": "a", "section": "processes", "done": 1.5}]}, "must be between 0 and 1"),
        ({"blueprint": [{"id": "a", "section": "poti"}]}, "processes, organisation, technology, information"),
        ({"handed_over": {"desks": "ann"}}, "'desks' is not one of records, risks, benefits, lessons"),
        ({"role_profile": "msp"}, "govs-002"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_reason(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ipmo.ModelError) as told:
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "extensions": {"p3o": fields}}})
    assert why in str(told.value)


@pytest.mark.parametrize("who", ["P/a", "L", "be", "risk"])
def test_r19_a_thing_takes_nothing_over(who: str) -> None:
    """A task, a lesson, a benefit and a service have ids as well."""
    gone = Office(
        id="spoke", type="project", host="P", ends="2026-05-01", reports_to="hub", **p3o(handed_over={"records": who, "lessons": "hub"})
    )
    pf = portfolio(
        gone,
        projects=[Project(id="P", tasks=[Task(id="a")])],
        lessons=[Lesson(id="L", source="P", text="t")],
        benefits=[Benefit(id="be")],
        services=[Service(id="risk")],
    )
    assert heard("office-closing", pf) == [
        f"office 'spoke' closed on 2026-05-01 and handed its records to {who!r}, who is no person, office or board"
    ]


@pytest.mark.parametrize(
    ("permanent", "office", "stays"), [(False, None, False), (None, None, True), (True, None, True), (False, "hub", True)]
)
def test_r19_who_is_not_permanent_and_belongs_nowhere_does_not_stay(permanent: bool | None, office: str | None, stays: bool) -> None:
    gone = Office(
        id="spoke", type="project", host="P", ends="2026-05-01", reports_to="hub", **p3o(handed_over={"records": "bo", "lessons": "bo"})
    )
    found = heard("office-closing", portfolio(gone, people=(BOSS, ANN, Person(id="bo", permanent=permanent, office=office))))
    assert [message.endswith("to 'bo', who is not permanent") for message in found] == ([] if stays else [True, True])


def test_r15_only_what_lies_in_a_circle_waits_for_one_another() -> None:
    """c waits for the circle and e is waited for by it: neither is part of it."""
    waits = {"a": ("b",), "b": ("a", "e"), "c": ("a",), "d": (), "e": ()}
    elements = tuple(BlueprintElement(id=name, section="processes", owner="boss", after=after) for name, after in waits.items())
    assert [words for words in heard("blueprint", portfolio(**p3o(blueprint=elements))) if "one another" in words] == [
        "gaps of the blueprint wait for one another: a, b"
    ]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0])
def test_numbers_that_say_nothing_are_refused(number: float) -> None:
    for make in (
        lambda: BlueprintElement(id="a", section="processes", weight=number),
        lambda: BlueprintElement(id="a", section="processes", effort=number),
        lambda: P3OFields(serves_most=number),
    ):
        with pytest.raises(ipmo.UnitError, match=r"above 0|from 0 up"):
            make()


@pytest.mark.parametrize("every", [Span(9999, "year"), Span(10**10, "d"), Span(120_000, "month")])
def test_a_period_beyond_the_calendar_never_ends(every: Span) -> None:
    assert later(date(2026, 6, 1), every) == date.max
    kpi = ValueKpi(id="k", baseline=1, target=2, owner="boss", every=every, measured=(Measured(date=date(2026, 5, 1), value=1),))
    assert not heard("value", attrs.evolve(portfolio(), offices=(attrs.evolve(HUB, **p3o(kpis=(kpi,))),)))


def test_r19_names_risks_in_the_order_of_the_file_whoever_keeps_them() -> None:
    gone = Office(
        id="spoke",
        type="programme",
        host="T",
        ends="2026-05-01",
        reports_to="hub",
        **p3o(handed_over=dict.fromkeys(("records", "lessons", "risks"), "hub")),
    )
    owners = ("zoe", "spoke", "abe", "stays", "ann")
    people = (
        BOSS,
        ANN,
        *(Person(id=name, office="spoke", permanent=True if name == "stays" else None) for name in ("zoe", "abe", "stays")),
    )
    risks = [Risk(id=f"R{n}", owner=owner) for n, owner in enumerate(owners)]
    pf = portfolio(
        gone, people=people, projects=[Project(id="P", programme="T", risks=risks), Project(id="Q", state="closed", risks=risks)]
    )
    assert [one.partition(" is still")[0] for one in heard("office-closing", pf)] == [f"open risk 'P/R{n}'" for n in (0, 1, 2)]


def test_r20_no_report_and_no_start_is_too_seldom_and_a_start_is_read_off_the_work() -> None:
    tier = p3o(controls=(Control(tier="gold", reports_least=MONTH),))

    def said(**more: Any) -> list[str]:
        return heard("proportion", portfolio(projects=[Project(id="P", state="active", **p3o(tier="gold"), **more)], **tier))

    silent = "it has no report of the last year, and nothing says when it began"
    assert said() == [f"project 'P': {silent}; its tier 'gold' asks for one every 1 month"]
    assert said(tasks=[Task(id="a", actual_start="2026-05-01")]) == []
    assert said(tasks=[Task(id="a", actual_start="2026-04-30")]) == [
        "project 'P': it began on 2026-04-30 and has no report of the last year; its tier 'gold' asks for one every 1 month"
    ]
    with pytest.raises(ipmo.UnitError, match="3 gates at least and 1 at most"):
        Control(tier="gold", gates_least=3, gates_most=1)


@pytest.mark.parametrize("named", [{"kind": "risk"}, {"name": "Risk management"}, {"name": "risk management"}])
def test_a_service_is_known_by_its_name_too_where_its_id_says_nothing(named: dict[str, str]) -> None:
    """Two offices name what they give in their own ids; what it is called tells that it is one service."""
    pf = Portfolio(
        id="f",
        start="2026-01-05",
        offices=[Office(id="o0", type="portfolio", permanent=True), Office(id="o1", type="hub", permanent=True, reports_to="o0")],
        services=[
            Service(id="s-1", level="project", provider="o0", consumers=["p"], name="Risk management"),
            Service(id="s-2", level="project", provider="o1", consumers=["p"], **named),
        ],
        projects=[Project(id="p", tasks=[Task(id="t", duration="5 d")])],
        methodologies={"portfolio": "p3o"},
    )
    assert len(ipmo.check(pf).of("p3o/service-overlap")) == 1
    assert not ipmo.check(pf.evolve("s-2", kind="", name="Tea")).of("p3o/service-overlap")
