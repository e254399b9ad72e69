"""The fields of a contact that can be created."""

from ._formats import DOCUMENTED

FIELDS = (
    "first_name",
    "last_name",
    "email",
    "job_title",
    "company",
    "linkedin_url",
    "location",
    "phone",
    "extra",
)
READ_ONLY = tuple(name for name in DOCUMENTED if name not in FIELDS)
