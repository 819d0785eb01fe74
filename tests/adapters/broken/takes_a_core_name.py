"""Declares a measure under a name that is built in."""

import ipmo


@ipmo.hookimpl
def ipmo_measures():
    return [ipmo.Measure(name="budget", title="Another budget", unit="number", combine="sum")]
