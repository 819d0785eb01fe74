"""Declares a measure under a name that is built in."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_measures():
    return [ipmo.plugin.Measure(name="budget", title="Another budget", unit="number", combine="sum")]
