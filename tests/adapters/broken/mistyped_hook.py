"""A letter too many in the hook's name."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_methodologiess():
    return []
