"""A gate that names a check which does not exist."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    gate = ipmo.plugin.GateRule(name="g", title="G", source="nowhere", checks=["bad/none"])
    return [ipmo.plugin.Methodology(name="bad", title="Bad", source="nowhere", gates=[gate])]
