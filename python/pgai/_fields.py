"""Which fields of a contact a create takes. It imports nothing that is slow to import."""

from ._pgai import Contact

READ_ONLY = ("id", "created_at", "updated_at")
TEXTS = tuple(name for name in Contact.__match_args__ if name not in READ_ONLY)
FIELDS = (*TEXTS, "extra")  # the last one is an object
