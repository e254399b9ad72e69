"""Walks over all contacts in asyncio, and makes other calls meanwhile."""

import asyncio

import pgai


async def walk(contacts: pgai.AsyncContacts) -> pgai.WalkStats:
    everyone = contacts.each()
    async for contact in everyone:
        if contact.email is None:
            print("no e-mail address:", contact.id)
    return everyone.stats


async def look_up(contacts: pgai.AsyncContacts, page: pgai.Page) -> None:
    """Fetch the contacts of a page once more, all at once."""
    fetched = await asyncio.gather(*(contacts.get(str(each.id)) for each in page))
    print(len(fetched), "fetched at once, such as", fetched[0].first_name)


async def main() -> None:
    async with pgai.AsyncContacts() as contacts:
        created = await contacts.create(first_name="Sarah", last_name="Connor")
        print("created:", created.id)
        page = await contacts.list(limit=10)
        stats, _ = await asyncio.gather(walk(contacts), look_up(contacts, page))
        print(f"asyncio: {stats.contacts} contacts in {stats.requests} requests")


if __name__ == "__main__":
    asyncio.run(main())
