"""Declares a number where a methodology belongs."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologies():
    return [42]
