"""Declares a method that another plugin declares too."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologies():
    return [ipmo.Methodology(name="same", title="Same", source="nowhere")]
