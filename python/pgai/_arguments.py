"""Keyword arguments: the error for an unknown one suggests the right one."""

# Names that other libraries use. The list of Lua, in lua/pgai/options.lua, is the same.
_SYNONYMS = {
    "page": ("page_number", "start", "offset", "from"),
    "start": ("page", "page_number", "start_page", "offset", "from"),
    "limit": ("page_size", "pagesize", "size", "count", "max_results"),
    "count": ("max_pages", "num_pages"),
    "parts": ("partitions", "num_partitions", "num_parts", "workers", "shards", "n"),
    "prefetch": ("concurrency", "max_concurrency", "max_workers", "parallel"),
    "cursor": ("after", "next_cursor", "page_token"),
    "timeout": ("read_timeout", "request_timeout"),
    "deadline": ("total_timeout", "max_time"),
    "max_attempts": ("max_retries", "retries", "attempts"),
    "api_key": ("key", "token", "api_token"),
    "base_url": ("url", "host", "endpoint"),
    "query": ("params", "parameters", "query_params"),
    "json": ("data", "body", "content", "payload"),
    "ca": ("ca_file", "cafile", "ca_bundle", "cacert"),
    "proxy": ("proxies", "http_proxy", "https_proxy"),
    "method": ("verb", "http_method"),
    "path": ("url", "uri", "endpoint"),
}

# What a name means, if the other name may mean something else.
_MEANINGS = {
    "page": "the number of a page",
    "start": "the number of the first page",
    "limit": "contacts a page",
    "max_attempts": "which includes the first one",
}


def refuse_unknown(function, given, names):
    """Raise TypeError for the first of the given names that is not in `names`."""
    for name in given:
        if name not in names:
            meant = _meant(name, names)
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}{meant}"
            )


def _meant(name, names):
    for right, others in _SYNONYMS.items():
        if right in names and name.lower() in others:
            meaning = f", {_MEANINGS[right]}" if right in _MEANINGS else ""
            return f"; did you mean {right!r}{meaning}?"
    # A wrong hint does harm, so it must be close: one letter in four may be wrong.
    most = max(1, len(name) // 4)
    steps, close = min((_distance(name, right), right) for right in names)
    if steps <= most:
        return f"; did you mean {close!r}?"
    # An option in the wrong place is not a field.
    if "extra" in names and name not in _SYNONYMS:
        return "; other fields go into 'extra'"
    return ""


def _distance(a, b):
    """How many letters have to be added, left out, changed, or swapped with the next."""
    before, row = [], list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and other == a[i - 2]:
                least = min(least, older[j - 2] + 1)
            row.append(least)
    return row[-1]


def suggesting(function):
    """Make a function suggest the right name for a keyword argument it does not know."""
    code = function.__code__
    names = frozenset(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
    shown = function.__name__

    def call(*args, **keywords):
        if not keywords.keys() <= names:
            given = [*keywords]
            # Tools show local variables with an error, and an unknown one may be the key.
            args, keywords = (), {}
            refuse_unknown(shown, given, names)
        return function(*args, **keywords)

    call.__dict__["__wrapped__"] = function
    call.__name__ = function.__name__
    call.__qualname__ = function.__qualname__
    call.__doc__ = function.__doc__
    call.__module__ = function.__module__
    return call
