"""Declares the class and not an instance of it."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    return [ipmo.plugin.Methodology]
