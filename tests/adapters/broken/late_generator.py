"""A generator that fails after its first answer."""

import ipmo


@ipmo.plugin.hookimpl
def ipmo_methodologies():
    yield ipmo.plugin.Methodology(name="late", title="Late", source="nowhere")
    raise RuntimeError("too late")
