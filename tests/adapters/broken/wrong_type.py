"""Declares a number where a methodology belongs."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    return [42]
