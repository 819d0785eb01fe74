"""For plugin authors: strategies that build valid portfolios, and a conformance kit. Needs `pip install 'ipmo[testing]'`."""

from __future__ import annotations

try:
    import pytest

    pytest.register_assert_rewrite("ipmo.testing.conformance")
except ImportError:  # the strategies work without pytest
    pass

__all__: list[str] = []
