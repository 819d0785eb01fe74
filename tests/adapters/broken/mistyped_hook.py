"""A letter too many in the hook's name."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologiess():
    return []
