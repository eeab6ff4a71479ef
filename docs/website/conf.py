"""Configuration of Sphinx. Nothing is fetched from other hosts, neither here nor by a reader's browser."""

from importlib.metadata import version as _version

from docs.website.statements import setup

__all__ = ["setup"]

project = "rlhf-lemmas"
author = project_copyright = "The rlhf-lemmas authors"
version = release = _version("rlhf-lemmas")

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
myst_heading_anchors = 3
myst_url_schemes = {
    "http": None,
    "https": None,
    "mailto": None,
    # A page of the report, which is written beside the pages of Sphinx when these are done.
    "report": {"url": "report/{{path}}", "classes": ["report"]},
    # The interactive page, which is copied.
    "playground": {"url": "playground/{{path}}", "classes": ["report"]},
}
smartquotes = False  # --all is no dash

default_role = "py:obj"  # `gradient` in a docstring is a link where there is such an object, else code
add_module_names = False
python_use_unqualified_type_names = True
python_display_short_literal_types = True
python_maximum_signature_line_length = 88
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
numpydoc_show_class_members = False  # autodoc shows them
numpydoc_attributes_as_param_list = True
numpydoc_class_members_toctree = False

html_theme = "furo"
html_title = "rlhf-lemmas"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # for it each page found is fetched, which browsers refuse from the disk
html_theme_options = {"navigation_with_keys": False}
