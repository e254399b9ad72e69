"""Contacts for pipelines of dlt, which load them into warehouses.

It needs ``pip install "pgai-contacts[dlt]"``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pgai

from .bulk._formats import DOCUMENTED
from .bulk._library import load
from .bulk._since import Since, pages_since, read_since

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["contacts", "source"]

_dlt = load("dlt", "pgai.dlt needs dlt: pip install 'pgai-contacts[dlt]'")
_COLUMNS = {name: {"data_type": "text", "nullable": name != "id"} for name in DOCUMENTED}
_COLUMNS |= {
    name: {"data_type": "timestamp", "nullable": True}
    for name in ("created_at", "updated_at")
}


def source(
    client: pgai.Contacts | None = None,
    *,
    full: bool = False,
    details: bool = False,
    strict: bool = True,
) -> Any:
    """Return a dlt source, `pgai`, with the resource `contacts`.

    The parameters are those of `contacts`.

    Examples
    --------
    >>> pipeline = dlt.pipeline("crm", destination="duckdb", dataset_name="people")
    >>> pipeline.run(pgai.dlt.source())
    """
    resource = contacts(client, full=full, details=details, strict=strict)
    return _dlt.source(lambda: resource, name="pgai", section="pgai")()


def contacts(
    client: pgai.Contacts | None = None,
    *,
    full: bool = False,
    details: bool = False,
    strict: bool = True,
) -> Any:
    """Return a dlt resource, `contacts`: those that are new since the last load.

    The first load has all contacts. Where it ended is a cursor in dlt's state, which
    dlt keeps only with what was loaded: a load that fails is done again. The table has
    the primary key `id`, and is merged, so that no contact is in it twice.

    Changed and deleted contacts are seen by a full load only: the service has no list of
    them.

    Parameters
    ----------
    client : Contacts, optional
        It stays open. By default one with the key ``sources.pgai.api_key`` of dlt's
        secrets, else ``$PGAI_API_KEY``, and the address ``sources.pgai.base_url`` of
        its config, else as `Contacts` does. The key is never in the state.
    full : bool
        Load all contacts, and replace the table. Later loads go on from there.
    details : bool
        Fetch each contact on its own, for the fields that lists lack, such as `phone`.
        It costs a request a contact.
    strict : bool
        Fail with IncompleteError, and load nothing, unless it is proven that no contact
        is missing. The first load then costs a fifth more requests. A load that began
        without it is only continued without it.

    Returns
    -------
    dlt.sources.DltResource
        ``add_limit(n)`` ends a load after n pages; the next one goes on behind them.

    Raises
    ------
    TypeError
        `client` is something else.
    """
    if client is not None and not isinstance(client, pgai.Contacts):
        raise TypeError(f"client must be pgai.Contacts, not {type(client).__name__}")
    return _dlt.resource(
        _pages,
        name="contacts",
        section="pgai",
        primary_key="id",
        write_disposition="replace" if full else "merge",
        columns=_COLUMNS,
    )(client, full, details, strict)


def _pages(
    client: pgai.Contacts | None, full: bool, details: bool, strict: bool
) -> Iterator[list[dict[str, Any]]]:
    state = _dlt.current.resource_state()
    start = Since() if full else read_since(state.get("place", {}))
    opened = client or _client()
    try:
        for page, place in pages_since(opened, start, details=details, strict=strict):
            # dlt may take no more after this page, and then keeps the state of now.
            state["place"] = asdict(place)
            yield [contact.to_dict() for contact in page]
    finally:
        if client is None:
            opened.close()


def _client() -> pgai.Contacts:
    return pgai.Contacts(
        api_key=_dlt.secrets.get("sources.pgai.api_key"),
        base_url=_dlt.config.get("sources.pgai.base_url"),
    )
