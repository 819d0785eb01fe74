"""What all tests share, those of the plugins and the examples in docstrings too: no property is measured by a clock."""

import gc
import os
import zlib
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

GATE = os.environ.get("IPMO_CI") == "1"  # it draws the same examples each time: half of them, for they teach nothing new
settings.register_profile(
    "ipmo", deadline=None, derandomize=GATE, max_examples=50 if GATE else 100, suppress_health_check=[HealthCheck.too_slow]
)
MOST = int(os.environ.get("IPMO_DRAWS", "10"))
"""How often a property may draw in the gate, whatever it asks for itself: outside it every run draws anew, and draws more."""
TRACED = 3
"""Of how many tests the gate traces one, by its name: the floor of coverage holds for the sample."""
CHOSEN = pytest.StashKey[bool]()
"""Whether the gate traces a test."""
SETTINGS = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps the settings of a decorated test; it has no public way to look at them."""
FIRST = (Phase.explicit, Phase.generate)
settings.register_profile("mutation", settings.get_profile("ipmo"), max_examples=30, phases=FIRST, report_multiple_bugs=False)
settings.load_profile("mutation" if os.environ.get("IPMO_MUTATION") == "1" else "ipmo")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported and collected by now lives as long as the tests do: looking through it again and again took an eighth of their time."""
    gc.set_threshold(10_000, 20, 100)
    if GATE and (tracing := of_coverage(session.config)):
        import coverage

        tracing.pause()
        while (other := coverage.Coverage.current()) is not None:  # each worker of xdist has begun another one, which nobody reads
            other.stop()


def of_coverage(config: pytest.Config) -> Any:
    """What starts and stops the tracing of pytest-cov; None where nothing is traced."""
    return getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """In the gate tracing goes on for chosen tests alone: it took two fifths of the time even where they are not to count."""
    tracing = of_coverage(item.config) if item.stash.get(CHOSEN, False) else None
    if tracing:
        tracing.resume()
    try:
        return (yield)
    finally:
        if tracing:
            tracing.pause()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What examples reach is what counts as covered; in the gate, what the first case of every third test reaches.

    Properties draw hundreds of inputs, and tracing them would double the time of the gate; so would tracing all 15,000 tests.
    """
    seen = set[str]()
    for item in items:
        name = item.nodeid.partition("[")[0]
        test = getattr(item, "obj", None)
        draws = getattr(test, "hypothesis", None) is not None
        item.stash[CHOSEN] = GATE and not draws and name not in seen and zlib.crc32(name.encode()) % TRACED == 0
        seen.add(name)
        if not draws:
            continue
        if not GATE:  # pytest-cov would go on to trace after it
            item.add_marker("no_cover")
        test = getattr(test, "__func__", test)
        own: settings = getattr(test, SETTINGS)
        if GATE and own.max_examples > MOST:
            setattr(test, SETTINGS, settings(own, max_examples=MOST))
