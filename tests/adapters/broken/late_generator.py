"""A generator that fails after its first answer."""

import ipmo


@ipmo.hookimpl
def ipmo_methodologies():
    yield ipmo.Methodology(name="late", title="Late", source="nowhere")
    raise RuntimeError("too late")
