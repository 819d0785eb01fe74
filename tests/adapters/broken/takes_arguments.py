"""Expects to be handed something: hooks take nothing."""

import ipmo


@ipmo.hookimpl
def ipmo_measures(registry):
    return []
