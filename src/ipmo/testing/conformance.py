"""What every methodology must satisfy; an author gives one clean and one offending portfolio for each check.

```python
class TestHouse(MethodologyConformance):
    methodology = HOUSE
    entry_point = "example"
    examples = {"house/owner": (CLEAN, OFFENDING)}
```
"""

from __future__ import annotations

import functools
import inspect
import os
import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

import ipmo
from ipmo.analysis.money.rollup import MEASURES
from ipmo.desk import from_dict, to_dict
from ipmo.figures.svg import Figure
from ipmo.findings import Finding
from ipmo.installation import new_registry
from ipmo.methods.contract import Check, CheckContext, Methodology
from ipmo.model.estimates import Estimate, number
from ipmo.model.measures import Combine
from ipmo.model.plain import plain_value
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Table
from ipmo.testing.nouns import wide_portfolios

__all__ = ["MethodologyConformance"]

CORE_NOUNS = {name.lower() for name in ipmo.model.__all__} | {"body"}
UNITS = ("money", "date", "time", "share", "rag", "number")
SHARES = [n / 20 for n in range(1, 20)]


def _in_three_lines(test: Callable[[MethodologyConformance], None]) -> Callable[[MethodologyConformance], None]:
    """A test of the kit whose failure says the cause, why it matters and whose it is, without the inside of the kit."""

    @functools.wraps(test)
    def testing(self: MethodologyConformance) -> None:
        __tracebackhide__ = True
        try:
            test(self)
        except AssertionError as error:
            cause = " ".join((str(error) or f"{test.__name__} does not hold").split())[:400]
            why = " ".join((test.__doc__ or "").split())
            raise AssertionError(f"{cause}\n{why}\n{test.__name__} of method {self.methodology.name!r}, in {type(self).__name__}") from None

    return testing


class MethodologyConformance:
    """Inherit, and say what to test.

    Args:
        methodology: the declaration.
        entry_point: its name under `ipmo.plugins`; empty for one that is not installed.
        examples: check code to (clean portfolio, offending portfolio).
        estimates: name of a declared estimate to sample data as files write them.
        extensions: name of a declared extension to sample data as files write them.
        said: a text file beside the tests with what each check says on its offending example and on `shown`, and what sections of the
            report show: compared word by word, for people to review; written anew when the environment says `IPMO_WRITE_SAID=1`.
        shown: a name to a portfolio for that file, beside the examples.
        beside: check code to the reason why, where its method holds for one project, it speaks of others too.
        relative: check code to the reason why, where its method holds for one project, it says something else of it than else.
        expected_failures: name of a test of this kit to the reason why it fails today; one that passes after all is an error.
    """

    methodology: ClassVar[Methodology]
    entry_point: ClassVar[str] = ""
    examples: ClassVar[Mapping[str, tuple[Portfolio, Portfolio]]] = {}
    estimates: ClassVar[Mapping[str, object]] = {}
    extensions: ClassVar[Mapping[str, object]] = {}
    said: ClassVar[Path | None] = None
    shown: ClassVar[Mapping[str, Portfolio]] = {}
    beside: ClassVar[Mapping[str, str]] = {}
    relative: ClassVar[Mapping[str, str]] = {}
    expected_failures: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **more: object) -> None:
        super().__init_subclass__(**more)
        for name, reason in cls.expected_failures.items():
            inherited = getattr(cls, name, None)
            if inherited is None or not name.startswith("test_"):
                raise TypeError(f"{cls.__name__}.expected_failures: {name!r} is no test of the kit")
            if not reason.strip():
                raise TypeError(f"{cls.__name__}.expected_failures: {name!r} gives no reason")
            marked = functools.wraps(inherited)(lambda self, _inherited=inherited: _inherited(self))
            setattr(cls, name, pytest.mark.xfail(reason=reason, strict=True)(marked))
        for name, test in vars(MethodologyConformance).items():
            if name.startswith("test_") and name not in vars(cls) and not hasattr(test, "hypothesis"):
                setattr(cls, name, _in_three_lines(test))

    # ---------------------------------------------------------------------------------------- declarations

    def test_names_and_sources_are_complete(self) -> None:
        """Codes begin with the method's name, everything has a source, the vocabulary maps ipmo's own nouns."""
        method = self.methodology
        assert method.title
        assert method.source
        for check in method.checks:
            assert check.code.startswith(f"{method.name}/"), check.code
        rules = [check.rule for check in method.checks if check.rule]
        assert len(rules) == len(set(rules)), "two checks of one rule: give each its own"
        assert set(method.vocabulary) <= CORE_NOUNS, "the vocabulary maps nouns that ipmo does not have"
        for declared in (*method.checks, *method.measures, *method.gates, *method.roles, *method.decision_rights, *method.sections):
            assert str(getattr(declared, "source", "")).strip(), declared

    def test_every_check_has_a_clean_and_an_offending_example(self) -> None:
        """A check without examples may be one that can never fire."""
        assert set(self.examples) == {check.code for check in self.methodology.checks}

    def test_measures_go_through_a_pool_of_processes(self) -> None:
        """An answer holds its measure: write its functions at the top of a module, not as lambdas."""
        for measure in self.methodology.measures:
            pickle.dumps(measure)

    def test_every_profile_leaves_something_of_the_method(self) -> None:
        """A tailoring that switches off every rule is no tailoring."""
        for profile in self.methodology.profiles:
            left = {check.code for check in self.methodology.checks} - set(profile.without)
            assert left or not self.methodology.checks, f"profile {profile.name!r} leaves no rule"

    # ---------------------------------------------------------------------------------------- checks

    def test_every_check_fires_on_its_offending_example_only(self) -> None:
        """Silent on the clean portfolio, heard on the offending one, with its own code and an item that exists."""
        for check in self.methodology.checks:
            clean, offending = self.examples[check.code]
            assert not _run(check, clean), f"{check.code} fires on its clean example: {_run(check, clean)[0].message}"
            found = _run(check, offending)
            assert found, f"{check.code} is silent on its offending example"
            for finding in found:
                assert finding.code == check.code
                assert finding.message.strip()
                assert not finding.item or finding.item in offending, f"{finding.item!r} is no item of the example"

    def test_findings_are_the_same_twice_and_in_any_order(self) -> None:
        """Whatever was asked before, and however the file is ordered, a check finds the same."""
        checks = self.methodology.checks
        for clean, offending in self.examples.values():
            for portfolio in (clean, offending):
                alone = {check.code: _run(check, portfolio) for check in checks}
                context = CheckContext(portfolio=portfolio)
                assert {check.code: list(check.run(context)) for check in reversed(checks)} == alone
                turned = _reversed(portfolio)
                for check in checks:
                    about = Counter((f.item, f.severity) for f in alone[check.code])
                    assert Counter((f.item, f.severity) for f in _run(check, turned)) == about, f"{check.code} depends on the file's order"

    def test_checks_run_on_any_portfolio_without_changing_it(self) -> None:
        """On generated portfolios: no check crashes, asked twice it says the same, and nothing is changed."""

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(wide_portfolios())
        def inner(portfolio: Portfolio) -> None:
            before = portfolio.digest
            for check in self.methodology.checks:
                assert _asked(check, portfolio) == _asked(check, portfolio)
            assert attrs.evolve(portfolio).digest == before

        inner()

    def test_a_check_of_one_project_says_of_it_what_it_says_where_it_holds_for_all(self) -> None:
        """A method may hold for one project: its checks then speak of that, and as they would if it held for all."""
        known = {check.code for check in self.methodology.checks}
        assert {*self.beside, *self.relative} <= known, "beside and relative name checks that the method does not have"
        spoke, differed = set[str](), set[str]()
        for portfolio in (*(offending for _, offending in self.examples.values()), *self.shown.values()):
            for check in self.methodology.checks:
                whole = [(f.item, f.part, f.message) for f in _run(check, portfolio)]
                for project in sorted(project.id for project in portfolio.projects):
                    found = [(f.item, f.part, f.message) for f in _run(check, portfolio, project)]
                    inside = [row for row in found if portfolio.project_of(row[0]) == project]
                    if inside != [row for row in whole if portfolio.project_of(row[0]) == project]:
                        differed.add(check.code)
                    if {portfolio.project_of(row[0]) for row in found} - {project, ""}:
                        spoke.add(check.code)
        assert differed <= set(self.relative), (
            f"where the method holds for one project these say something else of it: {sorted(differed - set(self.relative))}"
        )
        assert spoke <= set(self.beside), (
            f"where the method holds for one project these speak of others: {sorted(spoke - set(self.beside))}"
        )

    def test_sections_are_made_of_texts_tables_and_figures(self) -> None:
        """On the examples and on generated portfolios, a section shows what a report can lay out."""

        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
        @given(wide_portfolios())
        def inner(portfolio: Portfolio) -> None:
            for section in self.methodology.sections:
                try:
                    blocks = list(section.show(CheckContext(portfolio=portfolio)))
                except ipmo.IpmoError:  # the question has no answer on this portfolio: the report says so
                    continue
                assert all(isinstance(block, str | Table | Figure) for block in blocks), section.name

        inner()
        for pair in self.examples.values():
            for portfolio in pair:
                for section in self.methodology.sections:
                    assert all(isinstance(block, str | Table | Figure) for block in section.show(CheckContext(portfolio=portfolio)))

    def test_questions_are_answered_with_a_table_or_refused(self) -> None:
        """On the examples shown and on generated portfolios, a question that needs nothing else gives a table, the same twice, or says why not."""
        free = [one for one in self.methodology.questions if not _needs_more(one.ask)]

        def hold(portfolio: Portfolio) -> None:
            for question in free:
                try:
                    found, again = question.ask(portfolio), question.ask(portfolio)
                except ipmo.IpmoError:
                    continue
                table, same = _table_of(found), _table_of(again)
                assert table is not None, f"question {question.name!r} gives no table: {found!r:.80}"
                assert same is not None, f"question {question.name!r} gives no table the second time"
                assert list(table.rows()) == list(same.rows()), f"question {question.name!r} gives another table the second time"

        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
        @given(wide_portfolios())
        def inner(portfolio: Portfolio) -> None:
            hold(portfolio)

        if free:
            inner()
        for portfolio in self.shown.values():
            hold(portfolio)

    # ---------------------------------------------------------------------------------------- measures

    def test_measures_combine_in_any_grouping(self) -> None:
        """Joining is associative and commutative on what the measure finds, and its unit is one."""
        for measure in self.methodology.measures:
            assert measure.unit in UNITS or measure.unit.strip(), f"measure {measure.name!r} has no unit"
            samples: dict[Combine, Sequence[object]] = {
                Combine.MEAN: [(Fraction(1), Fraction(2)), (Fraction(3), Fraction(4)), (Fraction(5), Fraction(6))],
                Combine.RATIO: [(Fraction(1), Fraction(2)), (Fraction(3), Fraction(4)), (Fraction(5), Fraction(6))],
                Combine.WORST: list(measure.order),
            }
            values: Sequence[object] = samples.get(measure.combine, (1, 5, 3))
            for a in values:
                for b in values:
                    assert measure.join(a, b) == measure.join(b, a)
                    for c in values:
                        assert measure.join(measure.join(a, b), c) == measure.join(a, measure.join(b, c))

    def test_measures_roll_up_any_portfolio(self) -> None:
        """On generated portfolios: no measure crashes, and a portfolio of one project has that project's figure."""

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
        @given(wide_portfolios())
        def inner(portfolio: Portfolio) -> None:
            for measure in self.methodology.measures:
                rolled = ipmo.roll_up(portfolio, measure)
                assert 0 <= rolled.total.known <= rolled.total.total
                for project in portfolio.projects[:1]:
                    others = [attrs.evolve(p, state="cancelled") for p in portfolio.projects[1:]]
                    rolled = ipmo.roll_up(attrs.evolve(portfolio, projects=[project, *others]), measure)
                    if project.programme is None and project.id in rolled and project.counted_as not in ("proposed", "cancelled"):
                        assert rolled.total.value == rolled[project.id].value

        if self.methodology.measures:
            inner()

    # ---------------------------------------------------------------------------------------- words

    def test_what_is_said_is_what_was_reviewed(self) -> None:
        """Findings and sections read as the file `said` keeps them; nothing to compare where there is none."""
        if self.said is None:
            return
        found = "\n".join(self._said()) + "\n"
        if os.environ.get("IPMO_WRITE_SAID") == "1":
            self.said.write_text(found, encoding="utf-8")
        assert self.said.read_text(encoding="utf-8") == found, "words changed: review them, then write the file with IPMO_WRITE_SAID=1"

    def _said(self) -> Iterator[str]:
        for check in self.methodology.checks:
            yield f"== {check.code} ({check.rule}): {check.title}"
            yield from map(_sentence, _run(check, self.examples[check.code][1]))
        for name, portfolio in self.shown.items():
            yield f"==== {name}"
            for check in self.methodology.checks:
                yield from map(_sentence, _run(check, portfolio))
            for section in self.methodology.sections:
                yield f"== {section.title}"
                yield from map(_as_text, section.show(CheckContext(portfolio=portfolio, measures=MEASURES)))

    # ---------------------------------------------------------------------------------------- estimates, extensions, files

    def test_estimates_are_pure_monotone_and_written_as_they_were_read(self) -> None:
        """The same quantile twice is the same, a higher share is no less, and `plain()` reads back to an equal estimate."""
        kinds = {kind.name: kind for kind in self.methodology.estimates}
        assert set(self.estimates) == set(kinds), "give sample data for each declared estimate"
        for name, data in self.estimates.items():
            estimate = kinds[name].parse(data)
            assert isinstance(estimate, Estimate)
            assert estimate.kind == name
            found = [estimate.quantile(share) for share in SHARES]
            assert found == [estimate.quantile(share) for share in SHARES]
            known = [number(value) for value in found if value is not None]
            assert known == sorted(known), f"estimate {name!r}: quantiles fall"
            assert kinds[name].parse(estimate.plain()) == estimate
            assert pickle.loads(pickle.dumps(estimate)) == estimate

    def test_extensions_are_frozen_and_written_as_they_were_read(self) -> None:
        """What is read is a frozen attrs value that reads back from what is written."""
        kinds = {extension.name: extension for extension in self.methodology.extensions}
        assert set(self.extensions) == set(kinds), "give sample data for each declared extension"
        for name, data in self.extensions.items():
            value = kinds[name].parse(data)
            shape = type(value)
            assert attrs.has(shape), f"extension {name!r}: an attrs value, so that it can be written"
            assert kinds[name].parse(plain_value(value)) == value
            field = attrs.fields(shape)[0].name
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(value, field, None)

    def test_examples_survive_a_round_trip(self) -> None:
        """Reading what was written gives an equal portfolio."""
        for pair in self.examples.values():
            for portfolio in pair:
                assert from_dict(to_dict(portfolio)) == portfolio

    def test_the_installed_plugin_loads_strictly(self) -> None:
        """The entry point loads under its declared name and declares this methodology."""
        if self.entry_point:
            registry = new_registry(strict=True).discover()
            assert self.entry_point in [plugin.name for plugin in registry.plugins]
            assert registry.methodology(self.methodology.name) == self.methodology


def _needs_more(ask: Callable[..., object]) -> bool:
    """Whether a question needs more than a portfolio."""
    return any(one.default is one.empty for one in list(inspect.signature(ask).parameters.values())[1:])


def _table_of(found: object) -> Table | None:
    """The table that an answer is, or has; None where it has none."""
    ask = getattr(found, "table", None)
    table = ask() if callable(ask) else found
    return table if isinstance(table, Table) else None


def _run(check: Check, portfolio: Portfolio, *scope: str) -> list[Finding]:
    return list(check.run(CheckContext(portfolio=portfolio, measures=MEASURES, scope=frozenset(scope))))


def _sentence(finding: Finding) -> str:
    place = f"{finding.item or 'the portfolio'}{f', {finding.part}' if finding.part else ''}"
    return f"{finding.code}, {finding.severity.value}, {place}: {finding.message}{f' -> {finding.hint}' if finding.hint else ''}"


def _as_text(block: str | Table | Figure) -> str:
    """What a section shows, for people to review: sentences, tables with their units, the words of pictures."""
    if isinstance(block, Table):
        heads = [f"{name} ({unit})" if (unit := block.unit(name)) else name for name in block.columns]
        return "\n".join([" | ".join(heads), *(" | ".join(map(_cell, row.values())) for row in block.rows())])
    return " / ".join(re.findall(r">([^<>]+)<", str(block.svg))) if isinstance(block, Figure) else str(block)


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.9g}" if isinstance(value, float) else str(value)


def _asked(check: Check, portfolio: Portfolio) -> list[Finding] | str:
    """What a check finds, or why the question has no answer here: ipmo's own errors are answers, others are crashes."""
    try:
        return _run(check, portfolio)
    except ipmo.IpmoError as error:
        return str(error)


def _reversed(portfolio: Portfolio) -> Portfolio:
    """The same portfolio with its nouns the other way round."""
    names: Iterator[str] = (f.name for f in attrs.fields(Portfolio) if isinstance(getattr(portfolio, f.name), tuple))
    changes = {name: getattr(portfolio, name)[::-1] for name in names}
    changes["projects"] = [attrs.evolve(p, tasks=p.tasks[::-1], gates=p.gates[::-1], risks=p.risks[::-1]) for p in changes["projects"]]
    return attrs.evolve(portfolio, **changes)
