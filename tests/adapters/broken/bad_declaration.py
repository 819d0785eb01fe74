"""A gate that names a check which does not exist."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologies():
    gate = ipmo.GateRule(name="g", title="G", source="nowhere", checks=["bad/none"])
    return [ipmo.Methodology(name="bad", title="Bad", source="nowhere", gates=[gate])]
