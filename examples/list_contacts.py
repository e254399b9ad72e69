"""List contacts: python list_contacts.py [PAGE [LIMIT]].

The key is in $PGAI_API_KEY.
"""

import sys

import pgai


def main() -> int:
    numbers = [int(argument) for argument in sys.argv[1:3]]
    with pgai.Contacts() as contacts:
        try:
            page = contacts.list(*numbers)
        except pgai.Error as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 1
        for contact in page:
            name = f"{contact.first_name or ''} {contact.last_name or ''}".strip()
            print(contact.id, name, contact.email or "-", sep="\t")
        print(f"page {page.page}, {len(page)} of {page.total} contacts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
