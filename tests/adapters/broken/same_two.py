"""Declares a method under an alias that another plugin has for a name."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologies():
    return [ipmo.Methodology(name="other", title="Other", source="nowhere", aliases=["same"])]
