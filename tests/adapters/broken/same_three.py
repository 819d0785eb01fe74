"""The third of that name: it must not win because two others fell."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologies():
    return [ipmo.Methodology(name="same", title="Same", source="nowhere")]
