"""Written for a later ipmo, with a hook that this one does not have."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_dashboards():
    return []
