"""Sphinx configuration."""

project = "ipmo"
author = "the ipmo authors"
copyright = "2026, the ipmo authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build", "pictures/*.py"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_use_ivar = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types are spelt in the code; pages link by hand
suppress_warnings = ["myst.xref_missing"]
