"""Expects to be handed something: hooks take nothing."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_measures(registry):
    return []
