"""Every answer is used in the same way: iterated it gives keys, each key gives its row, it has a length, a table and a text."""

import html
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings

import ipmo
from ipmo import OptionError, Portfolio, UnknownItemError
from ipmo.analysis.control.history import History
from ipmo.tables import Rows, Table
from ipmo.testing.strategies import portfolios

ANSWERS: dict[str, Callable[[Portfolio], Rows[Any, Any]]] = {
    "roll-up": lambda pf: ipmo.roll_up(pf, "budget"),
    "roll-up by category": lambda pf: ipmo.roll_up(pf, "progress", by="category"),
    "time-phased": lambda pf: ipmo.time_phase(pf),
    "earned value": lambda pf: ipmo.earned_value(pf),
    "benefits": lambda pf: ipmo.benefits(pf),
    "line of sight": lambda pf: ipmo.line_of_sight(pf),
    "worth going on": lambda pf: ipmo.worth_going_on(pf),
    "attribution": lambda pf: ipmo.attribute(pf),
    "capacity": lambda pf: ipmo.capacity(pf),
    "status": lambda pf: ipmo.status(pf, tasks=True),
    "RAID log": lambda pf: ipmo.raid_log(pf),
    "risk exposure": lambda pf: ipmo.risk_exposure(pf),
}
PLANS = [
    ipmo.examples.load("library"),
    ipmo.examples.load("commitment"),
    Portfolio(id="empty", start="2026-01-05", status_date="2026-01-05"),
]


def holds(answer: Rows[Any, Any]) -> None:
    """What every answer keeps to."""
    keys = answer.ids
    assert len(keys) == len(set(keys)) == len(answer) == len(answer.rows)
    assert [answer[key] for key in keys] == list(answer.rows) == list(answer) == [answer[place] for place in range(len(answer))]
    assert all(key in answer for key in keys)
    assert isinstance(answer.table(), Table)
    for count in (0, 1, 3, len(answer) + 1):
        assert answer.first(count).to_dict() == answer.table().head(count).to_dict()
    assert repr(answer).startswith("<")
    shown = answer._repr_html_()
    assert shown.startswith(f"<p>{html.escape(repr(answer)[1:-1])}</p>{'<table>' if len(answer.first(1)) else '<p>no rows ('}")
    assert len(shown) < 100_000
    assert answer == answer
    for missing in ("no such key", ("no", "such key")):
        assert missing not in answer
        with pytest.raises(UnknownItemError):
            _ = answer[missing]


@pytest.mark.parametrize("pf", PLANS, ids=lambda pf: pf.id)
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_gives_ids_rows_a_length_and_a_table(name: str, pf: Portfolio) -> None:
    if name == "earned value" and pf.money is None:
        return  # it needs a currency
    holds(ANSWERS[name](pf))


@settings(max_examples=25)
@given(portfolios())
def test_so_it_is_for_every_portfolio(pf: Portfolio) -> None:
    for make in ANSWERS.values():
        try:
            answer = make(pf)
        except ipmo.IpmoError:
            continue
        holds(answer)


def test_explanations_are_about_what_was_asked() -> None:
    pf = ipmo.examples.load("library")
    roll, phased = ipmo.roll_up(pf, "budget"), ipmo.time_phase(pf)
    assert str(roll.explain()).startswith(f"{pf.id}: ")
    for row in phased:
        assert set(row) == set(phased.rolls)
        if "budget" in phased.rolls and row["budget"]:
            assert str(phased.explain(row.id, "budget")).startswith(f"{row.id}: ")
    status, earned, log, people, due = ipmo.status(pf), ipmo.earned_value(pf), ipmo.raid_log(pf), ipmo.capacity(pf), ipmo.attribute(pf)
    said: Sequence[tuple[Iterable[Any], Callable[[Any], str], Callable[[Any], str]]] = (
        (status.ids, status.explain, str),
        (earned.ids, earned.explain, str),
        (due.ids, due.explain, str),
        (log.ids, lambda key: log.explain(*key), lambda key: key[0]),
        (people.ids, lambda key: people.explain(*key), lambda key: key[0]),
    )
    for keys, explain, name in said:
        for key in keys:
            assert explain(key).startswith(name(key))
            assert "None" not in explain(key)


def test_a_breach_in_the_explanation_of_a_status_says_whom_to_tell() -> None:
    text = ipmo.status(ipmo.examples.load("library")).explain("catalogue")
    assert text.splitlines()[0] == "catalogue: red by tolerance, reported green on 2026-05-29"
    assert "    escalate to board: 'board' may approve up to 250 k GBP" in text.splitlines()


def test_a_history_is_read_by_place_or_by_date() -> None:
    before, after = PLANS[2], PLANS[2].evolve(status_date="2026-02-05")
    months = History.of(after, before)
    assert [month.portfolio for month in months] == [before, after]
    assert months[0] is months["2026-01-05"]
    assert months[-1] is months[months.dates[1]]
    assert months[0:1] == (months[0],)
    assert months.table()["date"] == months.dates
    with pytest.raises(UnknownItemError, match="'2026-02-06' is not in this history; close: '2026-02-05'"):
        _ = months["2026-02-06"]


@pytest.mark.parametrize(
    ("ask", "option"),
    [
        (lambda pf, word: ipmo.roll_up(pf, "budget", level=word), "level"),
        (lambda pf, word: ipmo.roll_up(pf, "budget", include=(word,)), "include"),
        (lambda pf, word: ipmo.time_phase(pf, every=word), "every"),
        (lambda pf, word: ipmo.earned_value(pf, every=word), "every"),
        (lambda pf, word: ipmo.benefits(pf).by_period(word), "every"),
        (lambda pf, word: ipmo.attribute(pf, method=word), "method"),
        (lambda pf, word: ipmo.capacity(pf, by=word), "by"),
        (lambda pf, word: ipmo.capacity(pf, every=word), "every"),
        (lambda pf, word: ipmo.capacity(pf, include=[word]), "include"),
        (lambda pf, word: ipmo.status(pf, policy=word), "policy"),
        (lambda pf, word: ipmo.status(pf, of=word), "of"),
        (lambda pf, word: ipmo.approver(pf, None, level=word), "level"),
        (lambda pf, word: ipmo.reference_classes(History.of(pf), figure=word), "figure"),
    ],
)
def test_a_wrong_word_for_an_option_is_one_kind_of_error_that_names_the_choices(
    ask: Callable[[Portfolio, str], object], option: str
) -> None:
    with pytest.raises(OptionError, match=f"{option}='wrong' is not known; write one of '") as caught:
        ask(PLANS[0], "wrong")
    assert caught.value.option == option
    assert caught.value.choices
