"""Keyword arguments: an unknown one is refused with the one that was probably meant."""


def refuse_unknown(function, given, names):
    """Raise TypeError for the first of the given names that is none of `names`."""
    for name in given:
        if name not in names:
            meant = _meant(name, names)
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}{meant}"
            )


def _meant(name, names):
    from difflib import get_close_matches

    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def suggesting(function):
    """Make a function suggest the right name for a keyword argument it does not know."""
    code = function.__code__
    names = frozenset(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
    shown = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]

    def call(*args, **keywords):
        if not keywords.keys() <= names:
            refuse_unknown(shown, keywords, names)
        return function(*args, **keywords)

    call.__dict__["__wrapped__"] = function
    call.__name__ = function.__name__
    call.__qualname__ = function.__qualname__
    call.__doc__ = function.__doc__
    call.__module__ = function.__module__
    return call
