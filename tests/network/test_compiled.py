"""The compiled kernels: all of them share one namespace, so that no two may bear one name."""

from __future__ import annotations

from collections import Counter
from types import FunctionType

from ipmo.network.compiled import MODULES


def test_every_kernel_has_a_name_of_its_own() -> None:
    """Of two kernels of one name the later would be called for both, on large portfolios only."""
    names = Counter(
        name
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    )
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []


def test_what_kernels_share_beside_them_means_the_same_in_all() -> None:
    """Constants and tuples of columns stand in the same namespace."""
    shared: dict[str, object] = {}
    for module in MODULES:
        for name, value in vars(module).items():
            if (isinstance(value, int) and name.isupper()) or (isinstance(value, type) and issubclass(value, tuple)):
                assert shared.setdefault(name, value) == value, f"{module.__name__}: {name}"
