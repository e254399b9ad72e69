"""asyncio, many pages at once over loopback: CPU time of this process, user and system.

The service is another process, found by $PGAI_BASE_URL and $PGAI_API_KEY.
"""

import asyncio
import gc
import io
import os
import time
from importlib.metadata import version

import aiohttp
import httpx
import msgspec
import niquests
import peers
import pycurl
from pyreqwest.client import ClientBuilder
from ratio import print_table

import pgai

PAGES = 256
CONTACTS = 50
ROUNDS = 21

url = os.environ["PGAI_BASE_URL"] + "/contacts"
headers = {"x-api-key": os.environ["PGAI_API_KEY"]}


def target(number):
    return f"{url}?page={number}&limit={CONTACTS}"


def with_pgai(_):
    contacts = pgai.AsyncContacts(pace=False)

    async def fetch(number):
        return len(tuple(await contacts.list(page=number, limit=CONTACTS)))

    return fetch, contacts.aclose


def with_pycurl(most):
    multi = pycurl.AsyncCurlMulti()
    multi.setopt(pycurl.M_MAXCONNECTS, most)
    lines = [f"{name}: {headers[name]}" for name in headers]
    idle = []

    async def fetch(number):
        if idle:
            curl = idle.pop()
        else:
            curl = pycurl.Curl()
            curl.setopt(pycurl.HTTPHEADER, lines)
            curl.setopt(pycurl.NOSIGNAL, 1)
        body = io.BytesIO()
        curl.setopt(pycurl.URL, target(number))
        curl.setopt(pycurl.WRITEDATA, body)
        await multi.perform(curl)
        idle.append(curl)
        return len(peers.structs(body.getvalue()))

    return fetch, multi.aclose


def with_aiohttp(most):
    connector = aiohttp.TCPConnector(limit=most)
    session = aiohttp.ClientSession(headers=headers, connector=connector)

    async def fetch(number):
        async with session.get(target(number)) as response:
            return len(peers.structs(await response.read()))

    return fetch, session.close


def with_httpx(most):
    limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
    client = httpx.AsyncClient(headers=headers, limits=limits)

    async def fetch(number):
        return len(peers.structs((await client.get(target(number))).content))

    return fetch, client.aclose


def with_niquests(most):
    session = niquests.AsyncSession(pool_connections=most, pool_maxsize=most)
    session.headers.update(headers)

    async def fetch(number):
        return len(peers.structs((await session.get(target(number))).content))

    return fetch, session.close


def with_pyreqwest(_):
    client = ClientBuilder().default_headers(headers).build()

    async def fetch(number):
        response = await client.get(target(number)).build().send()
        return len(peers.structs(memoryview(await response.bytes())))

    return fetch, client.close


def each_page(loop, most, fetch):
    """Fetch all pages, so many at once."""

    async def fetch_some(numbers):
        for number in numbers:
            if await fetch(number) != CONTACTS:
                raise RuntimeError("a page is not whole")

    async def fetch_all():
        numbers = iter(range(1, PAGES + 1))
        await asyncio.gather(*(fetch_some(numbers) for _ in range(most)))

    return lambda: loop.run_until_complete(fetch_all())


async def make_all(makers, most):
    return {name: make(most) for name, make in makers.items()}


def main():
    loop = asyncio.new_event_loop()
    peer = f"msgspec {msgspec.__version__}"
    makers = {
        f"pgai {pgai.__version__}, AsyncContacts.list()": with_pgai,
        f"pycurl {pycurl.version_info()[1]}, AsyncCurlMulti + {peer}": with_pycurl,
        f"aiohttp {aiohttp.__version__} + {peer}": with_aiohttp,
        f"httpx {httpx.__version__} + {peer}": with_httpx,
        f"niquests {niquests.__version__} + {peer}": with_niquests,
        f"pyreqwest {version('pyreqwest')} + {peer}": with_pyreqwest,
    }
    for most in (1, 8, 64):
        made = loop.run_until_complete(make_all(makers, most))
        entries = {
            name: each_page(loop, most, fetch) for name, (fetch, _) in made.items()
        }
        for run in entries.values():
            run()
        gc.collect()
        gc.freeze()
        print_table(
            f"python, asyncio: pages of 50 contacts over loopback, {most} at once",
            "page",
            PAGES,
            entries,
            ROUNDS,
            time.process_time,
        )
        for _, close in made.values():
            loop.run_until_complete(close())


main()
