"""Fixtures for plugin authors: write `pytest_plugins = ["ipmo.testing.pytest_plugin"]` in your conftest.py."""

from __future__ import annotations

import pytest

from ipmo.installation import new_registry
from ipmo.methods.registry import Registry

__all__ = ["ipmo_installed", "ipmo_registry"]


@pytest.fixture
def ipmo_registry() -> Registry:
    """An empty registry that raises at the first fault."""
    return new_registry(strict=True)


@pytest.fixture
def ipmo_installed() -> Registry:
    """The installed plugins, in a registry that raises at the first fault."""
    return new_registry(strict=True).discover()
