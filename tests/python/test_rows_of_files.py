"""`pgai.bulk.read_file()`: rows of the files that people have."""

import csv
import io
import json
import sys

import pytest

import pgai
from pgai.bulk import Source, check_row, import_contacts, read_file
from pgai.testing import Sandbox

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
pytest.importorskip("vobject", reason="vobject is not installed")
pytest.importorskip("charset_normalizer", reason="charset-normalizer is not installed")
st = hypothesis.strategies

ADA = {"first_name": "Ada", "last_name": "Lindqvist", "email": "ada@example.com"}
SHORT = "First Name,Last Name,Email\nAda,Lindqvist,ada@example.com\n"

EXPORTS = {
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Job Title,"
        "Company Name,LinkedIn URL,City,Country/Region,Lifecycle Stage\n"
        "51,Ada,Lindqvist,ada@example.com,,+46 8 1,CTO,Fjord AB,"
        "https://www.linkedin.com/in/ada,Umeå,Sweden,lead\n",
        {
            **ADA,
            "phone": "+46 8 1",
            "job_title": "CTO",
            "company": "Fjord AB",
            "linkedin_url": "https://www.linkedin.com/in/ada",
            "location": "Umeå",
        },
        ("Record ID", "Country/Region", "Lifecycle Stage"),
    ),
    "salesforce": (
        '"FirstName","LastName","Title","Account.Name","Email","Phone","MobilePhone",'
        '"MailingCity"\n"Ada","Lindqvist","CTO","Fjord, AB","ada@example.com",'
        '"1","2",""\n',
        {**ADA, "job_title": "CTO", "company": "Fjord, AB", "phone": "1"},
        ("further MobilePhone",),
    ),
    "google, old": (
        "Name,Given Name,Additional Name,Family Name,Group Membership,E-mail 1 - Type,"
        "E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name,"
        "Organization 1 - Title\nAda M Lindqvist,Ada,M,Lindqvist,* myContacts,* Work,"
        "ada@example.com ::: other@example.com,Mobile,+46 8 1,Fjord AB,CTO\n",
        {**ADA, "phone": "+46 8 1", "company": "Fjord AB", "job_title": "CTO"},
        (
            *("Name", "Additional Name", "Group Membership"),
            *("E-mail 1 - Type", "Phone 1 - Type", "further E-mail 1 - Value"),
        ),
    ),
    "google, new": (
        "First Name,Middle Name,Last Name,Organization Name,Organization Title,Labels,"
        "E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Address 1 - City\n"
        "Ada,,Lindqvist,Fjord AB,CTO,* myContacts,* Work,,ada@example.com,Umeå\n",
        {**ADA, "company": "Fjord AB", "job_title": "CTO", "location": "Umeå"},
        ("Middle Name", "Labels", "E-mail 1 - Label"),
    ),
    "outlook": (
        "Title,First Name,Middle Name,Last Name,Company,Job Title,Business City,"
        "Business Phone,Mobile Phone,E-mail Address,E-mail 2 Address\n"
        "Dr.,Ada,,Lindqvist,Fjord AB,,Umeå,,+46 70 1,ada@example.com,\n",
        {**ADA, "company": "Fjord AB", "location": "Umeå", "phone": "+46 70 1"},
        ("Title", "Middle Name"),
    ),
    "linkedin": (
        'Notes:\n"When exporting your connection data, you may notice that some of the '
        'emails are missing, ""see"" more."\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Ada,Lindqvist,https://www.linkedin.com/in/ada,ada@example.com,Fjord AB,CTO,"
        "02 Nov 2024\n",
        {
            **ADA,
            "linkedin_url": "https://www.linkedin.com/in/ada",
            "company": "Fjord AB",
            "job_title": "CTO",
        },
        ("Connected On",),
    ),
}


@pytest.fixture
def read(tmp_path):
    def read(data, name="people.csv", **options):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_file(path, **options)

    return read


@pytest.fixture
def read_sheet(read):
    def read_sheet(*lines, **options):
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        file = io.BytesIO()
        book.save(file)
        return read(file.getvalue(), "people.xlsx", **options)

    return read_sheet


@pytest.mark.parametrize("exporter", EXPORTS)
def test_exports_are_known_by_their_columns(read, exporter):
    text, row, ignored = EXPORTS[exporter]

    source = read(text)

    assert list(source) == [row] == list(source) and len(source) == 1
    assert source.ignored == ignored
    assert set(source.mapping) | set(ignored) == {
        *source.headers,
        *(name for name in ignored if name.startswith("further ")),
    }


def test_a_source_tells_what_it_found(read, tmp_path):
    source = read(SHORT)

    assert isinstance(source, Source) and source.path == str(tmp_path / "people.csv")
    assert (source.format, source.encoding, source.delimiter) == ("csv", "utf-8", ",")
    assert source.guessed is False and len(source.digest) == 32
    assert source.mapping == {
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
    }
    assert read(SHORT).digest == source.digest != read(SHORT + "\n").digest


@pytest.mark.parametrize(
    "header", ["first_name", "FIRST-NAME", " First  name ", "FirstName"]
)
def test_names_are_compared_without_case_and_signs(read, header):
    assert list(read(f"{header},x\nAda,1\n")) == [{"first_name": "Ada"}]


NAMES = {
    "utf-8": "Łukasz;Žižek;北方",
    "cp1252": "José;Núñez;Peña’s Café",
    "cp1250": "Łukasz;Żółć;Spółka Łódź",
    "cp1251": "Ольга;Сидорова;Ромашка и Ко",
    "cp932": "太郎;山田;株式会社テスト",
}


@pytest.mark.parametrize(
    "written, found",
    [
        *(("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le")),
        *(("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")),
        *(("utf-32", "utf-32-le"), ("cp1252", "cp1252"), ("cp1250", "cp1250")),
        *(("cp1251", "cp1251"), ("cp932", "cp932")),
    ],
)
def test_encodings_are_found_and_told(read, written, found):
    names = NAMES.get(written, NAMES["utf-8"])
    text = f"First Name;Last Name;Company\nAda;Lindqvist;Fjord\n{names}\n"

    source = read(text.encode(written))

    assert source.encoding == found and source.guessed is written.startswith("cp")
    row = list(source)[1]
    assert source.headers == ("First Name", "Last Name", "Company")
    assert [row[n] for n in ("first_name", "last_name", "company")] == names.split(";")


def test_an_encoding_that_is_given_is_taken(read):
    text = "Name\nJiří Dvořák\n".encode("cp1250")

    assert list(read(text, encoding="cp1250")) == [
        {"first_name": "Jiří", "last_name": "Dvořák"}
    ]
    with pytest.raises(pgai.UsageError, match="line 2 is not utf-8: give another"):
        read(text, encoding="utf-8")
    for name in "none", "rot13":
        with pytest.raises(pgai.UsageError, match=f"there is no encoding '{name}'"):
            read(text, encoding=name)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(read, delimiter):
    rows = [["First Name", "Notes", "Email"], ["Ada", "a, b; c", "a@example.com"]]
    rows += [["Bo", "|", ""], ["", "", ""], ["Cy", "x;y;z,,,,", "c@example.com"]]
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)

    source = read(file.getvalue(), mapping={"Notes": "extra.notes"})

    assert source.delimiter == delimiter
    assert [row["extra"]["notes"] for row in source] == ["a, b; c", "|", "x;y;z,,,,"]


def test_excel_may_tell_the_delimiter(read):
    source = read("sep=~\r\nFirst Name~a;b;c\r\nAda~1;2;3\r\n")

    assert (source.delimiter, list(source)) == ("~", [{"first_name": "Ada"}])


def test_a_file_may_have_one_column(read):
    assert list(read("Full Name\nAda Lindqvist\n\nBo\n")) == [
        {"first_name": "Ada", "last_name": "Lindqvist"},
        {"first_name": "Bo"},
    ]


@pytest.mark.parametrize(
    "full, first, last",
    [
        ("Mary Ann Lind", "Mary Ann", "Lind"),
        ("van Lind, Mary Ann", "Mary Ann", "van Lind"),
        ("Bo Lind, Jr.", "Bo", "Lind, Jr."),
        ("Lind,", "Lind", None),
        ("Bo", "Bo", None),
    ],
)
def test_a_full_name_is_cut(read, full, first, last):
    (row,) = read(f'Name,x\n"{full}",1\n')

    assert (row["first_name"], row.get("last_name")) == (first, last)


BAD_CSV = {
    "too long": ('Bo,Lind,b@example.com,"x"\n', "line 3: it has 4 cells, for 3 columns"),
    "too short": ("Bo,Lind\n", "line 3: it has 2 of 3 cells: is the line cut?"),
    "quote": ('Bo,"Li"nd,b@example.com\n', 'line 3: a " is not closed, or not doubled'),
    "open": ('Bo,"Lind,b@example.com\nCy,x,y\n', 'lines 3 to 4: a " is not closed'),
}


@pytest.mark.parametrize("kind", BAD_CSV)
def test_rows_that_cannot_be_read_are_refused(read, tmp_path, kind):
    text, reason = BAD_CSV[kind]
    source = read(SHORT + text)
    with Sandbox(contacts=1) as sandbox, sandbox.client(pace=False) as contacts:
        journal = tmp_path / "journal"
        assert reason in check_row(contacts, list(source)[1])
        for _ in range(2):
            report = import_contacts(contacts, source, journal=journal)

            (refused,) = report.refused
            assert (report.rows, report.created, refused.number) == (2, 1, 2)
            assert reason in refused.reason and refused.fields == {"refused_row": text}


def test_rows_with_nuls_are_refused(read):
    source = read(SHORT + "B\0,Lind,\n")

    with Sandbox(contacts=1) as sandbox, sandbox.client() as contacts:
        assert "first_name" in check_row(contacts, list(source)[1])


def test_empty_cells_more_than_columns_are_no_loss(read):
    assert list(read(SHORT.replace(".com\n", ".com,,\n") + ",,,,\n")) == [ADA]


def test_quotes_may_follow_a_blank(read):
    assert list(read(SHORT.replace("Lindqvist,", ' "Lindqvist", '))) == [ADA]


LOOKS = "tell which one, such as mapping="
WRONG = {
    "empty": ("", {}, "has no header: its first line must name the columns"),
    "no names": ("a,b\n1,2\n", {}, f"no column has first names: {LOOKS}{{'a': 'first_"),
    "twice": ("Name,Email,E-Mail\n", {}, f"'Email' and 'E-Mail': {LOOKS}{{'Email': 'em"),
    "same": ("Name,Email,Email\n", {}, "columns are called 'Email', for email: rename"),
    "unknown": ("Name\n", {"Nam": "email"}, "no column is called 'Nam': the columns are"),
    "no field": (
        "Name\n",
        {"Name": "mail"},
        "'mail' is no field: give one of first_name",
    ),
    "given": ("a,b\n", {"a": "phone", "b": "phone"}, "for phone: 'a' and 'b'"),
    "again": ("a,Name\n", {"a": "phone", "A": None}, "two columns are called 'a'"),
    "two of a name": ("a,a,Name\n", {"a": "phone"}, "2 columns are called 'a': rename"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_columns_get_a_sentence(read, case):
    text, mapping, message = WRONG[case]

    with pytest.raises(pgai.UsageError) as caught:
        read(text, mapping=mapping)

    assert message in str(caught.value) and "people.csv: " in str(caught.value)


@pytest.mark.parametrize(
    "name, options, message",
    [
        ("a.xls", {}, "format must be given: .*a.xls ends with none of .csv"),
        ("a.csv", {"format": "xml"}, "format must be csv, ndjson, xlsx or vcard, not 'x"),
        ("a.csv", {"delimiter": "ab"}, "delimiter must be one character"),
        ("a.jsonl", {"delimiter": ","}, "ndjson has no delimiter: leave it out"),
        ("a.xlsx", {"encoding": "utf-8"}, "xlsx has no encoding: leave it out"),
        ("a.vcf", {"mapping": {"a": "b"}}, "vcard has no columns: leave mapping out"),
        ("a.xlsx", {}, "it is no XLSX file that can be read"),
        ("a.vcf", {}, "it has no vCard: one begins with BEGIN:VCARD"),
    ],
)
def test_wrong_options_and_files_get_a_sentence(read, name, options, message):
    with pytest.raises(pgai.UsageError, match=message):
        read(SHORT, name, **options)


@pytest.mark.parametrize(
    "library, name, data",
    [
        ("charset_normalizer", "a.csv", "Name\nJürgen\n".encode("cp1252")),
        ("openpyxl", "a.xlsx", b""),
        ("vobject", "a.vcf", b""),
    ],
)
def test_what_is_not_installed_is_told(read, monkeypatch, library, name, data):
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(pgai.UsageError, match=r"pip install 'pgai-contacts\[import\]'"):
        read(data, name)


def test_a_mapping_is_before_the_table(read):
    text = "Name,Email,Work Mail,Country,Title\nAda,a@old.example,a@new.example,SE,Dr.\n"
    mapping = {"work_mail": "email", "Country": "extra.country", "Title": None}

    source = read(text, mapping=mapping)

    assert list(source) == [
        {"first_name": "Ada", "email": "a@new.example", "extra": {"country": "SE"}}
    ]
    assert source.ignored == ("Email", "Title")


def test_json_lines_keep_what_is_not_documented(read):
    lines = [
        {"id": "1", "first_name": "Ada", "phone": None, "score": 1.5, "tag": None},
        {"first_name": "Bo", "extra": {"a": [1]}, "company": ""},
    ]
    bad = ["[1]", '{"first_name": "A", "first_name": "B"}', '{"first_name": NaN}', "{"]
    text = "\n".join([*map(json.dumps, lines), "", *bad])

    source = read(text, "people.ndjson")

    rows = list(source)
    assert rows[:2] == [
        {"first_name": "Ada", "extra": {"score": 1.5, "tag": None}},
        {"first_name": "Bo", "extra": {"a": [1]}},
    ]
    assert [row.reason.split(":")[0] for row in rows[2:]] == [
        f"line {number}" for number in (4, 5, 6, 7)
    ]
    assert source.ignored == ("id",) and len(source) == 6


def test_what_was_exported_can_be_imported(read):
    with Sandbox(contacts=30) as sandbox, sandbox.client(pace=False) as contacts:
        page = contacts.list(limit=30)
        fields = ["id", "first_name", "email", "extra"]
        as_csv = list(read(page.to_csv(fields)))
        as_lines = list(read(page.to_ndjson(), "people.jsonl"))

    assert [row.get("first_name") for row in as_csv] == [each.first_name for each in page]
    assert [row.get("email") for row in as_lines] == [each.email for each in page]


def test_extra_of_csv_is_a_json_object(read):
    source = read('First Name,extra,x\nAda,"{""a"": 1}",2\nBo,[],\nCy,"{""x"": 1}",2\n',
                  mapping={"x": "extra.x"})  # fmt: skip

    good, *bad = source
    assert good == {"first_name": "Ada", "extra": {"a": 1, "x": "2"}}
    assert all("extra must be a JSON object" in row.reason for row in bad)
    assert len(bad) == 2


def test_numbers_of_a_spreadsheet_are_no_text(read_sheet):
    source = read_sheet(
        ["Contacts"],
        ["First Name", "Phone", "Score"],
        ["Ada", "+46 8 1", 3],
        [],
        ["Bo", 468123456, 4],
        ["Cy", None, None, "more"],
        ["Di", "#N/A"],
        mapping={"Score": "extra.score"},
    )

    ada, bo, cy, di = source
    assert ada == {"first_name": "Ada", "phone": "+46 8 1", "extra": {"score": 3}}
    assert "phone is the number 468123456" in bo.reason
    assert cy.reason == "line 6: it has 4 cells, for 3 columns" and len(source) == 4
    assert di.reason == "line 7: it has the error #N/A"


CARDS = """BEGIN:VCARD
VERSION:3.0
N:Lindqvist;Ada;;Dr.;
FN:Ada Lindqvist
ORG:Fjord\\, AB;Research
TITLE:Chief
  Officer
EMAIL;TYPE=HOME:home@example.com
item1.EMAIL;TYPE=INTERNET,PREF:ada@example.com
URL:https://www.linkedin.com/in/ada
URL:https://ada.example
ADR;TYPE=WORK:;;1 St;Umeå;;;Sweden
NOTE:hello
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Bo Lind
TEL;VALUE=uri:tel:+46-1
TEL;VALUE=uri;PREF=1:tel:+46-2
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen
END:VCARD
BEGIN:VCARD
VERSION:3.0
rubbish
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Fjord
ORG:Fjord
END:VCARD
BEGIN:VCARD
FN:Cut
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_cards_of_all_versions(read, end):
    source = read(CARDS.replace("\n", end), "people.vcf")

    ada, bo, juergen, rubbish, company, cut = source
    assert ada == {
        **ADA,
        "company": "Fjord, AB",
        "job_title": "Chief Officer",
        "linkedin_url": "https://www.linkedin.com/in/ada",
        "location": "Umeå, Sweden",
    }
    assert bo == {"first_name": "Bo", "last_name": "Lind", "phone": "+46-2"}
    assert juergen == {"first_name": "Jürgen", "last_name": "Müller"}
    assert "line 25: the vCard cannot be read" in rubbish.reason
    assert company == {"company": "Fjord"}
    assert "line 34: the vCard cannot be read" in cut.reason
    assert source.ignored == (
        *("ADR street", "N prefix", "NOTE", "ORG unit", "URL", "further EMAIL"),
        "further TEL",
    )


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).map(
    str.strip
)
without_fixture_check = hypothesis.settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)


@without_fixture_check
@hypothesis.given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_cells_come_back_as_they_were_written(read, rows, delimiter, encoding):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("First Name", "Company", "Phone"), *rows])

    source = read(file.getvalue().encode(encoding), delimiter=delimiter)

    names = ("first_name", "company", "phone")
    assert list(source) == [
        {name: cell for name, cell in zip(names, row, strict=True) if cell}
        for row in rows
        if any(row)
    ]


@without_fixture_check
@hypothesis.given(data=st.data())
@pytest.mark.parametrize("exporter", [name for name in EXPORTS if name != "linkedin"])
def test_the_order_and_the_spelling_of_columns_do_not_matter(read, exporter, data):
    text, row, ignored = EXPORTS[exporter]
    columns = list(zip(*csv.reader(io.StringIO(text)), strict=True))
    spell = st.sampled_from([str.upper, str.lower, lambda name: name.replace(" ", "_")])
    shuffled = [
        (data.draw(spell)(name), cell)
        for name, cell in data.draw(st.permutations(columns))
    ]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows(zip(*shuffled, strict=True))

    source = read(file.getvalue())

    assert list(source) == [row] and len(source.ignored) == len(ignored)


@without_fixture_check
@hypothesis.given(data=st.binary(max_size=200))
@pytest.mark.parametrize("name", ["a.csv", "a.ndjson", "a.vcf"])
def test_any_bytes_become_rows_or_a_sentence(read, data, name):
    mark = {"a.csv": b"Name,x\n", "a.ndjson": b"{", "a.vcf": b"BEGIN:VCARD\n"}[name]
    for text in data, mark + data:
        try:
            rows = list(read(text, name))
        except pgai.UsageError as error:
            assert name in str(error)
        else:
            assert all(isinstance(row, dict) for row in rows)
