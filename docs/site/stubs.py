"""What is declared in Python: signatures and types, from stubs and annotated sources."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Member:
    """A method, or an attribute with a type."""

    name: str
    kind: str  # method, classmethod, property, attribute
    arguments: str = "()"
    returns: str = ""
    is_async: bool = False


@dataclass
class Class:
    """A class, with what its private bases have."""

    name: str
    arguments: str
    bases: list[str]
    is_foreign: bool = False
    members: dict[str, Member] = field(default_factory=dict)


class _Replace(ast.NodeTransformer):
    """Put types where type variables are."""

    def __init__(self, types):
        self.types = types

    def visit_Name(self, node):
        return self.types.get(node.id, node)


class Declarations:
    """The classes and functions of some files, and their docstrings.

    Where two files declare the same, as a source and its stub, the first one counts.
    """

    def __init__(self, paths):
        self.nodes = {}
        self.docstrings = {}
        for path in paths:
            for node in ast.parse(Path(path).read_text("utf-8")).body:
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                    self.nodes.setdefault(node.name, node)
                    self._read(node, node.name)

    def _read(self, node, name):
        docstring = ast.get_docstring(node)
        if docstring:
            self.docstrings.setdefault(name, docstring)
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                self._read(inner, f"{name}.{inner.name}")

    def function(self, name):
        return _method(self.nodes[name], {}, bound=False)

    def class_(self, name, types=None):
        node = self.nodes[name]
        types = types or {}
        found = Class(name, "", [])
        for base in node.bases:
            self._inherit(found, base, types)
        for item in node.body:
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if item.name in ("__init__", "__new__"):
                    found.arguments = _arguments(item, types)
                elif not item.name.startswith("_"):
                    found.members[item.name] = _method(item, types)
            elif isinstance(item, ast.AnnAssign) and not item.target.id.startswith("_"):
                member = Member(item.target.id, "attribute")
                member.returns = _text(item.annotation, types)
                found.members[member.name] = member
        return found

    def _inherit(self, found, base, types):
        name = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
        if name not in self.nodes:
            found.is_foreign = "." in name
            return
        given = {}
        if isinstance(base, ast.Subscript):
            values = (
                base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
            )
            values = [_Replace(types).visit(value) for value in values]
            given = dict(zip(self._variables(name), values, strict=True))
        parent = self.class_(name, given)
        found.arguments = found.arguments or parent.arguments
        if not name.startswith("_") and name not in ("Calls", "ContactsBase"):
            found.bases.append(name)
        else:
            found.bases += parent.bases
            found.members |= parent.members

    def _variables(self, name):
        """The type variables of a class, in their order; their names end with a T."""
        found = {}
        for base in self.nodes[name].bases:
            for node in ast.walk(base):
                if isinstance(node, ast.Name) and re.fullmatch("_[A-Za-z]*T", node.id):
                    found[node.id] = None
        return list(found)


def _text(node, types):
    copy = ast.parse(ast.unparse(node), mode="eval").body
    return ast.unparse(_Replace(types).visit(copy)) if node else ""


def _arguments(node, types, bound=True):
    copy = ast.parse(ast.unparse(node)).body[0]
    arguments = _Replace(types).visit(copy).args
    if bound:
        first = arguments.posonlyargs or arguments.args
        del first[0]
    return f"({ast.unparse(arguments)})"


def _method(node, types, bound=True):
    decorators = {ast.unparse(each) for each in node.decorator_list}
    kind = "method"
    if "property" in decorators:
        kind = "property"
    elif "classmethod" in decorators:
        kind = "classmethod"
    returns = _text(node.returns, types) if node.returns else ""
    waits = isinstance(node, ast.AsyncFunctionDef)
    prefix = "Coroutine[Any, Any, "
    if returns.startswith(prefix):
        returns, waits = returns[len(prefix) : -1], True
    return Member(node.name, kind, _arguments(node, types, bound), returns, waits)
