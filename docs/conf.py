"""The documentation site: ``python -m sphinx -W -b html docs docs/_build/html``."""

import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.util.nodes import make_refnode

import sklearn_rnn

project = "sklearn_rnn"
author = "The sklearn_rnn developers"
copyright = author
version = release = sklearn_rnn.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "sphinx-mathjax-offline",
]
exclude_patterns = ["_build", "auto_examples/*.ipynb"]
templates_path = ["_templates"]
default_role = "literal"  # single backticks, as in docstrings
smartquotes = False  # the quotes of "gru" belong to it
toc_object_entries_show_parents = "hide"
numpydoc_class_members_toctree = False  # methods stand on the page of their class
numpydoc_validation_checks = {
    "all",  # of which these are left out:
    *("ES01", "EX01", "SA01"),  # sections that must be there; tests ask for examples
    *("SS02", "SS03", "SS05", "SS06"),  # how a summary begins and ends
    *("GL02", "RT02", "RT04", "SA02"),  # quotes, names, capitals, full stops
}

myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3  # the anchors that GitHub makes
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "copyfile_regex": r"index\.rst",  # the sections are written by hand
    "filename_pattern": "",  # every example runs
    "remove_config_comments": True,
    "abort_on_example_error": True,
    "parallel": 2,
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("sklearn_rnn",),
    "reference_url": {"sklearn_rnn": None},
    "capture_repr": (),  # what an example shows, it prints or draws
    "default_thumb_file": str(Path(__file__).parent / "_static" / "thumbnail.png"),
    "download_all_examples": False,
    "write_computation_times": False,
    "show_signature": False,
}

# dask sets the first to 64 kB, also for all that runs after it, and doubles their time.
# Whoever sets it must set the second, too: it no longer grows by itself.
os.environ["MALLOC_TRIM_THRESHOLD_"] = str(2**30)
os.environ["MALLOC_MMAP_THRESHOLD_"] = str(2**25)

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_sidebars = {page: [] for page in ("benchmarks", "changes", "security")}  # no parts
html_theme_options = {
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
}


def link_files(app, docname, source):
    """Point links to files outside of this folder at their pages."""
    pages = {
        r"\.\./examples/(\w+)\.py": r"auto_examples/\1.rst",
        r"\.\./benchmarks/README\.md": "benchmarks.md",
        r"\.\./SECURITY\.md": "security.md",
    }
    for path, page in pages.items():
        source[0] = re.sub(rf"\]\({path}", rf"]({page}", source[0])


def trim_blocks(app, doctree):
    """Drop the empty line that ends each doctest in a chapter."""
    for block in doctree.findall(nodes.literal_block):
        if block.rawsource == block.astext():
            block.rawsource = block.rawsource.rstrip("\n")
            block[:] = [nodes.Text(block.rawsource)]


def link_names(app, doctree, docname):
    """Make links of public names in code font, `Class.method` or `function`."""
    entries = {}
    for name, entry in app.env.get_domain("py").objects.items():
        parts = 1 if entry.objtype in ("class", "function") else 2
        entries[".".join(name.split(".")[-parts:])] = entry
    for node in list(doctree.findall(nodes.literal)):
        entry = entries.get(node.astext().removesuffix("()"))
        linked = isinstance(node.parent, (nodes.reference, nodes.title))
        if entry and not linked and entry.docname != docname:
            link = make_refnode(
                app.builder, docname, entry.docname, entry.node_id, node.deepcopy()
            )
            node.replace_self(link)


def skip_inherited(app, what, name, obj, skip, options):
    """Leave what scikit-learn documents to scikit-learn."""
    module = getattr(obj, "__module__", None) or ""
    return True if module.startswith("sklearn.") else None


def drop_labels(app, what, name, obj, options, lines):
    """Keep the words of references whose labels scikit-learn alone knows."""
    lines[:] = [re.sub(r":ref:`(.*?)\s*<.*?>`", r"\1", line) for line in lines]


def setup(app):
    app.connect("source-read", link_files)
    app.connect("doctree-read", trim_blocks)
    app.connect("doctree-resolved", link_names)
    app.connect("autodoc-skip-member", skip_inherited)
    app.connect("autodoc-process-docstring", drop_labels)
