"""Declares the class and not an instance of it."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologies():
    return [ipmo.Methodology]
