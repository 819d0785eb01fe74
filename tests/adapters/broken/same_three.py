"""The third of that name: it must not win because two others fell."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    return [ipmo.plugin.Methodology(name="same", title="Same", source="nowhere")]
