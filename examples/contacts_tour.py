"""A tour of the library, as scripts/demo runs it. The last line is the same in every
language."""

import pgai


def main() -> None:
    with pgai.Contacts() as contacts:
        page = contacts.list(page=1, limit=10)
        for contact in page:
            print(contact.first_name, contact.last_name, contact.email, sep="\t")
        print(f"page {page.page}, {len(page)} of {page.total} contacts\n")
        print("fetched:", contacts.get(str(page[0].id)).raw, "\n")
        created = contacts.create(
            first_name="Sarah", last_name="Connor", email="sarah@example.com"
        )
        print("created:", created.raw, "\n")
        try:
            contacts.create(last_name="Connor")
        except pgai.Error as error:
            print(f"refused: {type(error).__name__}, HTTP {error.status}: {error}\n")
        walk = contacts.each()
        count = sum(1 for _ in walk)
        print(f"python: {count} contacts in {walk.stats.requests} requests")


if __name__ == "__main__":
    main()
