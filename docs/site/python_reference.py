"""Writes the reference of the Python modules: docstrings with the types of the stubs.

Every public name has a docstring, or the build fails. Only `pgai` itself is imported, as
it is partly in C; the others are read as text, so that what they need need not be there.
"""

import ast
import inspect
import textwrap
from operator import attrgetter

from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import NumpyDocstring
from stubs import Declarations

import pgai

NAPOLEON = Config(napoleon_use_ivar=False, napoleon_use_rtype=True)


def write(package, folder):
    """Write the pages; return the names that are in them, with their modules."""
    names = []
    modules = {"pgai": package / "__init__.py"}
    for path in sorted([*package.glob("[a-z]*.py"), *package.glob("[a-z]*/__init__.py")]):
        modules[f"pgai.{path.parent.name if path.stem == '__init__' else path.stem}"] = (
            path
        )
    for module, path in modules.items():
        page = _Page(module, path)
        text = page.text()
        (folder / f"{module.replace('.', '-')}.rst").write_text(text, "utf-8")
        names += page.names
    return names


class _Page:
    def __init__(self, module, path):
        self.module = module
        self.path = path
        whole = path.name == "__init__.py"
        sources = path.parent.glob("*.py") if whole else [path]
        stubs = path.parent.glob("*.pyi") if whole else [path.with_suffix(".pyi")]
        sources = [] if module == "pgai" else sorted(sources)
        stubs = sorted(stub for stub in stubs if stub.exists())
        self.declarations = Declarations([*stubs, *sources])
        self.names = []
        self.lines = []

    def text(self):
        title = f"{self.module} in Python"
        self._add(0, title, "=" * len(title), "", ".. default-role:: py:obj", "")
        self._add(0, f".. py:module:: {self.module}", "")
        tree = ast.parse(self.path.read_text("utf-8"))
        self._words(ast.get_docstring(tree), self.module, 0)
        public = _public(tree)
        for heading, names in (
            _groups(public) if self.module == "pgai" else [("", public)]
        ):
            self._heading(heading)
            for name in names:
                self._object(name)
        plugin = self.path.parent / "plugin.py"
        if plugin.exists():
            self._fixtures(plugin)
        return "\n".join(self.lines) + "\n"

    def _heading(self, heading):
        if heading:
            self._add(0, heading, "-" * len(heading), "")

    def _add(self, depth, *lines):
        for line in lines:
            self.lines.append(textwrap.indent(line, "   " * depth))

    def _docstring(self, name, depth):
        """Add the docstring of what has that name in the module."""
        if self.module == "pgai":
            text = inspect.getdoc(attrgetter(name)(pgai))
        else:
            text = self.declarations.docstrings.get(name)
        return self._words(text, f"{self.module}.{name}", depth)

    def _words(self, text, full, depth):
        if not text:
            raise SystemExit(f"docs: {full} has no docstring: write one")
        lines = NumpyDocstring(text, NAPOLEON, what="function", name=full).lines()
        self._add(depth, *lines, "")
        return lines

    def _object(self, name):
        self.names.append(f"{self.module}.{name}")
        if name == "__version__":
            self._add(0, f".. py:data:: {name}", "   :type: str", "")
            self._add(1, "The version of the library.", "")
        elif isinstance(self.declarations.nodes[name], ast.ClassDef):
            self._class(name)
        else:
            self._callable("function", self.declarations.function(name), name, 0)

    def _class(self, name):
        declared = self.declarations.class_(name)
        kind = "exception" if _is_exception(name) else "class"
        self._add(0, f".. py:{kind}:: {name}{declared.arguments}", "")
        if declared.bases:
            self._add(
                1, "Bases: " + ", ".join(f"`{base}`" for base in declared.bases), ""
            )
        described = self._docstring(name, 1)
        for member in declared.members.values():
            full = f"{name}.{member.name}"
            if declared.is_foreign and full not in self.declarations.docstrings:
                continue  # What the other library asks for is told there.
            if f".. attribute:: {member.name}" not in described:
                self._member(full, member)
            self.names.append(f"{self.module}.{full}")

    def _member(self, name, member):
        if member.kind == "method" or member.kind == "classmethod":
            self._callable("method", member, name, 1)
            return
        self._add(1, f".. py:{member.kind}:: {member.name}")
        self._add(2, f":type: {member.returns}", "")
        if member.kind == "property":  # Of an attribute, its class says what it is.
            self._docstring(name, 2)

    def _callable(self, directive, member, name, depth):
        returns = f" -> {member.returns}" if member.returns else ""
        self._add(depth, f".. py:{directive}:: {member.name}{member.arguments}{returns}")
        if member.is_async:
            self._add(depth + 1, ":async:")
        if member.kind == "classmethod":
            self._add(depth + 1, ":classmethod:")
        self._add(0, "")
        self._docstring(name, depth + 1)

    def _fixtures(self, path):
        """What pytest gets; read as text, so that pytest need not be there."""
        self._add(0, "Fixtures of pytest", "------------------", "")
        for node in ast.parse(path.read_text("utf-8")).body:
            decorators = map(ast.unparse, getattr(node, "decorator_list", ()))
            if "pytest.fixture" in decorators:
                self.names.append(f"{self.module}.{node.name}")
                self._add(0, f".. py:data:: {node.name}")
                self._add(1, f":type: {ast.unparse(node.returns)}", "")
                self._add(1, ast.get_docstring(node), "")


def _public(tree):
    """The names of a module's __all__, or else its functions without an underscore."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name for name in functions if not name.startswith("_")]


def _is_exception(name):
    value = getattr(pgai, name, None)
    return isinstance(value, type) and issubclass(value, BaseException)


def _groups(public):
    """The names of `pgai`, under headings."""
    kinds = {"Clients": [], "Values": [], "Walks": [], "Exceptions": []}
    for name in public:
        if _is_exception(name):
            kinds["Exceptions"].append(name)
        elif name.endswith("Iterator"):
            kinds["Walks"].append(name)
        elif name.endswith("Contacts"):
            kinds["Clients"].append(name)
        else:
            kinds["Values"].append(name)
    kinds["Clients"].reverse()  # The simpler one comes first.
    return kinds.items()
