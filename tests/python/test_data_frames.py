"""Values as numpy, pandas and polars have them."""

import io
import math

import pytest

import pgai

numpy = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")

ROWS = {"first_name": ["Sarah", "Kyle"], "email": ["sarah@example.com", None]}


@pytest.mark.parametrize(
    "value",
    [
        numpy.nan,
        numpy.float64("nan"),
        numpy.float32("nan"),
        numpy.datetime64("NaT"),
        pandas.NA,
        pandas.NaT,
        pandas.Timestamp("NaT"),
    ],
    ids=lambda value: f"{type(value).__name__} {value}",
)
def test_what_stands_for_no_value(sent, contacts, value):
    assert sent(first_name="Sarah", email=value) == sent(first_name="Sarah")
    with pytest.raises(pgai.UsageError, match=r"^extra\['a'\] is \S+, which JSON does"):
        contacts.create(first_name="Sarah", extra={"a": value})
    with pytest.raises(TypeError, match=r"^id must be str, not "):
        contacts.get(value)


def rows_of():
    frame = pandas.DataFrame(ROWS)
    yield "records", frame.to_dict("records")
    yield "object", frame.astype(object).to_dict("records")
    yield "string", frame.astype("string").to_dict("records")
    yield "categories", frame.astype("category").to_dict("records")
    yield "series", [dict(row) for _, row in frame.iterrows()]
    yield "tuples", [row._asdict() for row in frame.itertuples(index=False)]
    yield "polars", polars.DataFrame(ROWS).to_dicts()
    text = frame.to_csv(index=False)
    yield "csv", pandas.read_csv(io.StringIO(text)).to_dict("records")


@pytest.mark.parametrize(
    "rows", [pytest.param(rows, id=name) for name, rows in rows_of()]
)
def test_rows(sent, rows):
    made = [sent(**row) for row in rows]
    assert [contact["first_name"] for contact in made] == ROWS["first_name"]
    assert [contact.get("email") for contact in made] == ROWS["email"]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (numpy.int64(7), 7),
        (numpy.uint8(7), 7),
        (numpy.float64(1.5), 1.5),
        (numpy.float32(1.5), 1.5),
        (numpy.bool_(True), True),
        (numpy.str_("x"), "x"),
        (numpy.array(7), 7),
    ],
    ids=repr,
)
def test_scalars_in_extra_are_those_of_python(sent, value, plain):
    made = sent(first_name="Sarah", extra={"a": value, "b": [value]})
    assert made["a"] == made["b"][0] == plain
    assert type(made["a"]) is type(plain)


def is_missing(value):
    return value is None or value != value


@pytest.mark.parametrize("form", ["page", "list", "walk"])
@pytest.mark.parametrize(
    "rows_of_frame",
    [
        lambda rows: pandas.DataFrame(rows).to_dict("records"),
        lambda rows: polars.DataFrame(rows).to_dicts(),
    ],
    ids=["pandas", "polars"],
)
def test_frames_of_contacts(contacts, form, rows_of_frame):
    page = contacts.list()
    rows = {"page": page, "list": list(page), "walk": contacts.each(count=1)}[form]
    made = rows_of_frame(rows)
    assert len(made) == len(page) > 1
    # polars reads a walk as Arrow, which has all columns.
    names = {name for each in page for name in each}
    for row, contact in zip(made, page, strict=True):
        assert row.keys() >= names
        for name, value in row.items():
            assert value == contact.get(name) or (
                is_missing(value) and contact.get(name) is None
            )


def test_a_contact_is_a_row(contacts):
    contact = contacts.list()[0]
    assert pandas.Series(contact).to_dict() == contact
    assert polars.from_dicts([contact]).to_dicts() == [contact]


def test_numbers(contacts):
    page = contacts.list(page=numpy.int64(2), limit=numpy.int32(3))
    assert (page.page, page.limit) == (2, 3)
    for seconds in (numpy.float64(5), numpy.float32(5), numpy.int64(5)):
        assert contacts.list(timeout=seconds, deadline=seconds)
    assert contacts.get(numpy.str_(page[0].id)) == contacts.get(page[0].id)
    contacts.with_options(max_attempts=numpy.int8(2))


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("create", {"email": numpy.array([math.nan])}, "email .* str, not numpy.ndarray"),
        ("create", {"email": numpy.array(["a", "b"])}, "email .* str, not numpy.ndarray"),
        (
            "create",
            {"email": pandas.Series(["a"])},
            r"email .* str, not pandas\..*Series",
        ),
        (
            "create",
            {"email": polars.Series(["a"])},
            r"email .* str, not polars\..*Series",
        ),
        ("create", {"email": polars.col("a")}, r"email .* str, not polars\..*Expr"),
        ("create", {"phone": numpy.int64(5551234)}, "phone .* str, not numpy.int64"),
        ("create", {"email": numpy.bytes_(b"a")}, "email .* str, not numpy.bytes_"),
        (
            "create",
            {"extra": {"a": pandas.Timestamp("2025-01-15")}},
            r"extra\['a'\] is a pandas.*Timestamp.*; give its isoformat\(\)",
        ),
        (
            "create",
            {"extra": {"a": numpy.datetime64("2025-01-15", "ns")}},
            r"extra\['a'\] is a numpy.datetime64, which JSON does not have",
        ),
        (
            "create",
            {"extra": {"a": numpy.array([1])}},
            r"extra\['a'\] is a numpy.ndarray",
        ),
        (
            "create",
            {"extra": {"a": numpy.longdouble(1)}},
            r"extra\['a'\] is a numpy.longdouble",
        ),
        ("create", {"extra": pandas.Series({"a": 1})}, r"extra .* dict, not pandas\."),
        ("list", {"page": numpy.float64(2)}, "page .* int, not numpy.float64"),
        ("list", {"page": numpy.bool_(True)}, "page .* int, not numpy.bool"),
        ("list", {"page": pandas.NA}, r"page .* int, not pandas\..*NAType"),
        ("list", {"timeout": numpy.bool_(True)}, "timeout .*, not numpy.bool"),
        ("list", {"timeout": pandas.NA}, r"timeout .*, not pandas\..*NAType"),
        ("with_options", {"pace": numpy.bool_(True)}, "pace .*, not numpy.bool"),
    ],
)
def test_a_type_that_is_refused(contacts, name, arguments, said):
    with pytest.raises(TypeError, match=f"^{said}"):
        getattr(contacts, name)(**arguments)
