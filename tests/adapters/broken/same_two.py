"""Declares a method under an alias that another plugin has for a name."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    return [ipmo.plugin.Methodology(name="other", title="Other", source="nowhere", aliases=["same"])]
