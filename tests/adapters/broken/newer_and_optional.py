"""Written for a later ipmo, and content without its newer hook."""

import ipmo


@ipmo.plugin.hookimpl(optionalhook=True)
def ipmo_dashboards():
    return []


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    return [ipmo.plugin.Methodology(name="patient", title="Patient", source="nowhere")]
