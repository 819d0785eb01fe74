"""What every methodology must satisfy; an author gives one clean and one offending portfolio for each check.

```python
class TestHouse(MethodologyConformance):
    methodology = HOUSE
    entry_point = "example"
    examples = {"house/owner": (CLEAN, OFFENDING)}
```
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
from hypothesis import HealthCheck, given, settings

import ipmo
from ipmo.desk import from_dict, to_dict
from ipmo.methods import CheckContext, Methodology
from ipmo.model.measures import Combine
from ipmo.model.work import Portfolio
from ipmo.registry import Registry
from ipmo.testing.strategies import portfolios

__all__ = ["MethodologyConformance"]

CORE_NOUNS = {name.lower() for name in ipmo.model.__all__} | {"body"}


class MethodologyConformance:
    """Inherit, and set `methodology`, `entry_point` and `examples`."""

    methodology: ClassVar[Methodology]
    entry_point: ClassVar[str] = ""
    examples: ClassVar[Mapping[str, tuple[Portfolio, Portfolio]]] = {}

    def test_names_and_sources_are_complete(self) -> None:
        """Codes begin with the method's name, every rule has a source, the vocabulary maps ipmo's own nouns."""
        method = self.methodology
        assert method.title
        assert method.source
        for check in method.checks:
            assert check.code.startswith(f"{method.name}/"), check.code
            assert check.source
            assert check.title
        assert set(method.vocabulary) <= CORE_NOUNS, "the vocabulary maps nouns that ipmo does not have"

    def test_every_check_has_a_clean_and_an_offending_example(self) -> None:
        """A check without examples may be one that can never fire."""
        assert set(self.examples) == {check.code for check in self.methodology.checks}

    def test_every_check_fires_on_its_offending_example_only(self) -> None:
        """Silent on the clean portfolio, heard on the offending one, with its own code and an item that exists."""
        for check in self.methodology.checks:
            clean, offending = self.examples[check.code]
            assert not list(check.run(CheckContext(portfolio=clean))), f"{check.code} fires on its clean example"
            found = list(check.run(CheckContext(portfolio=offending)))
            assert found, f"{check.code} is silent on its offending example"
            for finding in found:
                assert finding.code == check.code
                assert not finding.item or finding.item in offending, f"{finding.item!r} is no item of the example"

    def test_checks_run_on_any_portfolio_without_changing_it(self) -> None:
        """On generated portfolios: no check raises, asks twice the same and hears the same, and nothing is changed."""

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(portfolios())
        def inner(portfolio: Portfolio) -> None:
            before = portfolio.digest
            for check in self.methodology.checks:
                first = list(check.run(CheckContext(portfolio=portfolio)))
                assert first == list(check.run(CheckContext(portfolio=portfolio)))
            assert attrs.evolve(portfolio).digest == before

        inner()

    def test_measures_combine_in_any_grouping(self) -> None:
        """Joining is associative and commutative on what the measure finds."""
        for measure in self.methodology.measures:
            samples: dict[Combine, list[Any]] = {Combine.MEAN: [(1, 2), (3, 4), (5, 6)], Combine.WORST: list(measure.order)}
            values = samples.get(measure.combine, [1, 5, 3])
            for a in values:
                for b in values:
                    assert measure.join(a, b) == measure.join(b, a)
                    for c in values:
                        assert measure.join(measure.join(a, b), c) == measure.join(a, measure.join(b, c))

    def test_examples_survive_a_round_trip(self) -> None:
        """Reading what was written gives an equal portfolio."""
        for pair in self.examples.values():
            for portfolio in pair:
                assert from_dict(to_dict(portfolio)) == portfolio

    def test_the_installed_plugin_loads_strictly(self) -> None:
        """The entry point loads under its declared name and declares this methodology."""
        if self.entry_point:
            registry = Registry(strict=True).discover()
            assert self.entry_point in [plugin.name for plugin in registry.plugins]
            assert registry.methodology(self.methodology.name) == self.methodology
