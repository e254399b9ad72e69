"""How Sphinx makes the site; scripts/docs runs it."""

import os
import re
from typing import ClassVar

from docutils import nodes
from pygments import token
from pygments.lexer import RegexLexer, bygroups
from sphinx import addnodes

project = "pgai"
author = "the authors of pgai"
version = release = os.environ["PGAI_VERSION"]
root_doc = "index"
exclude_patterns = ["site"]
extensions = ["breathe", "myst_parser"]
html_theme = "furo"
html_title = f"pgai {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
smartquotes = False  # Code has quotes in words, too.
html_copy_source = False
html_theme_options = {"source_view_link": "", "top_of_page_buttons": []}
# Colours with contrast enough in the light and in the dark.
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
myst_heading_anchors = 4
myst_links_external_new_tab = False
breathe_projects = {"pgai": os.environ["PGAI_DOXYGEN_XML"]}
breathe_default_project = "pgai"
breathe_domain_by_extension = {"h": "c"}
breathe_show_include = False
c_id_attributes = ["PGAI_API", "PGAI_NODISCARD"]
maximum_signature_line_length = 80
add_function_parentheses = False


class NginxLexer(RegexLexer):
    """nginx.conf with blocks of Lua, which the lexer of Pygments takes for errors."""

    tokens: ClassVar = {
        "root": [
            (r"#.*", token.Comment),
            (r"\"[^\"\n]*\"", token.String),
            (
                r"^(\s*)([a-z]\w*)(?= [^=\n]*[;{]| \{)",
                bygroups(token.Text, token.Keyword),
            ),
            (r"\b(local|return|require|if|then|end|function)\b", token.Keyword),
            (r"\d+\w*", token.Number),
            (r"\w+|\s+|.", token.Text),
        ]
    }
    flags = re.MULTILINE


def lua_object(env, text, node):
    """Show a function, class or alias of Lua, and return the name that the index has."""
    kind, name, rest = re.fullmatch(r"(class |alias |)([\w.:]+)(.*)", text).groups()
    if kind:
        node += addnodes.desc_annotation(kind, kind)
    node += addnodes.desc_name(name, name)
    node += nodes.Text(rest)
    return name


# Where the site has a page of its own for a file of the project.
PAGES = {
    r"core/include/pgai/(\w+)\.h": r"c-\1",
    r"lua/pgai/meta\.lua": "lua",
    r"python/pgai/__init__\.py": "pgai",
    r"python/pgai/_command/__init__\.py": "command",
}
DESIGN = "\n\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def read_source(app, page, text):
    """Turn links to sources into links to the reference; add what only the site has."""
    for path, name in PAGES.items():
        text[0] = re.sub(rf"\]\((?:\.\./)+{path}\)", rf"](/reference/{name})", text[0])
    if page == "changelog":
        text[0] = text[0].replace("](docs/", "](")
    if page == "design/README":
        text[0] += DESIGN


def unlink(app, tree):
    """Addresses with http are examples, and no links."""
    for link in list(tree.findall(nodes.reference)):
        if link.get("refuri", "").startswith("http://"):
            link.replace_self(link.children)


# What the theme writes, and what a reader without a mouse, or without eyes, needs.
ACCESSIBLE = (
    ('role="heading">', 'role="heading" aria-level="2">'),
    (
        '<aside class="sidebar-drawer"',
        '<aside aria-label="All pages" class="sidebar-drawer"',
    ),
    ('<aside class="toc-drawer', '<aside aria-label="This page" class="toc-drawer'),
    ("<pre>", '<pre tabindex="0">'),
    ('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
    ('<th class="head"><p></p></th>', "<td></td>"),
    ('<div id="search-results">', '<h1>Search</h1><div id="search-results">'),
)


# The parameters of a long signature: a list of definitions, of nothing.
PARAMETERS = re.compile(r"<dl>\s*((?:<dd>.*?</dd>\s*)+)</dl>", re.DOTALL)


def parameters(found):
    """Make lines of them."""
    lines = found[1].replace("<dd>", '<span class="line">').replace("</dd>", "</span>")
    return f'<span class="lines">{lines}</span>'


def make_accessible(app, error):
    """Mend all pages, when they are written."""
    for path in [] if error else app.outdir.rglob("*.html"):
        text = path.read_text("utf-8")
        for old, new in ACCESSIBLE:
            text = text.replace(old, new)
        text = PARAMETERS.sub(parameters, text)
        path.write_text(text, "utf-8")


def setup(app):
    """Teach Sphinx the objects of Lua, and what differs from the files."""
    app.connect("source-read", read_source)
    app.connect("doctree-read", unlink)
    app.connect("build-finished", make_accessible)
    app.add_lexer("nginx", NginxLexer)
    app.add_object_type("lua", "lua", "single: %s (Lua)", lua_object)
