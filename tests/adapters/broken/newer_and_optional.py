"""Written for a later ipmo, and content without its newer hook."""

import ipmo


@ipmo.hookimpl(optionalhook=True)
def ipmo_dashboards():
    return []


@ipmo.hookimpl
def ipmo_methodologies():
    return [ipmo.Methodology(name="patient", title="Patient", source="nowhere")]
