"""No answer looks at the clock of the machine: what needs a date takes it from the portfolio or is told one."""

from datetime import date
from pathlib import Path

import ipmo
from ipmo import Portfolio, Project, Task
from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.model import Assignment, Benefit, Enabler, MoneySettings, RateRow, Resource

ROOT = Path(__file__).resolve().parents[2]


def undated() -> Portfolio:
    """A portfolio that states no status date and no start; its first work starts on 4 May 2026, and a rate changes later."""
    return Portfolio(
        id="pf",
        money=MoneySettings(currency="GBP", discount="3 %"),
        rates=[RateRow(since="2026-05-01", per={"EUR": "0.5"}), RateRow(since="2026-06-01", per={"EUR": "0.9"})],
        resources=[Resource(id="dev", rate="100 EUR per pd")],
        projects=[Project(id="P", start="2026-05-04", tasks=[Task(id="a", duration="5 d", assignments=[Assignment(resource="dev")])])],
        benefits=[Benefit(id="be", value="1000 GBP per year", lasts="2 years", enabled_by=[Enabler(source="P/a")])],
    )


def test_present_values_are_of_the_first_day_of_work_where_no_date_is_stated() -> None:
    found = ipmo.benefits(undated())
    assert found.as_of == date(2026, 5, 4)
    assert found.npv == ipmo.benefits(undated(), as_of="2026-05-04").npv
    assert found.npv != ipmo.benefits(undated(), as_of="2027-05-04").npv
    assert len(ipmo.benefits(Portfolio(id="empty"))) == 0  # nothing to value, nothing to date


def test_waiting_costs_at_the_rate_of_the_first_day_of_work() -> None:
    pf = undated()
    assert cost_of_delay(pf, ipmo.schedule(pf)).waiting("P/a", 3) == 150  # 100 EUR a day at 0.5, three days


def test_all_who_are_assigned_wait_each_by_its_number_and_nobody_waits_no_time() -> None:
    pf = undated()
    people = [*pf.resources, Resource(id="crane", rate="40 GBP per pd"), Resource(id="guest")]
    here = [Assignment(resource="dev"), Assignment(resource="crane", units=3), Assignment(resource="guest")]
    pf = pf.evolve(resources=people).evolve("P/a", assignments=here)
    cost = cost_of_delay(pf, ipmo.schedule(pf))
    assert cost.waiting("P/a", 2) == 2 * (50 + 3 * 40)
    assert cost.waiting("P/a", 0.5) == 85
    assert cost.waiting("P/a", 0) is None
    assert cost.waiting("P", 2) is None
