"""`pgai.bulk.write_refused()`: what was refused, to be mended and imported again."""

import csv
import io
import json
import os

import pytest

import pgai
from pgai.bulk import import_contacts, read_file, refused_suffix, write_refused

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
pytest.importorskip("vobject", reason="vobject is not installed")
st = hypothesis.strategies


@pytest.fixture
def refused(pgai_sandbox, tmp_path):
    """Import a file, and write what was refused; returns the path and the report."""
    runs = iter(range(1_000_000))

    def refused(data, name="people.csv", **options):
        run = tmp_path / str(next(runs))
        run.mkdir()
        path = run / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        source = read_file(path, **options)
        with pgai_sandbox.client(pace=False) as contacts:
            report = import_contacts(
                contacts, source, journal=run / "journal", skip_known=False
            )
        kept = run / f"kept{refused_suffix(source)}"
        write_refused(source, report.refused, kept)
        return kept, report

    return refused


def table(path, delimiter=","):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


BROKEN = 'Vorname;Nachname;E-Mail;x\nÅsa;Öst;a;1\n;Weg;b;2\nBo;"Li"nd;c;3\n;Süd;"d;d";4\n'


def test_csv_keeps_its_columns(refused):
    mapping = {"Vorname": "first_name", "Nachname": "last_name"}
    kept, report = refused(BROKEN.encode("cp1252"), encoding="cp1252", mapping=mapping)

    assert report.created == 1
    missing = "first_name is missing"
    broken = 'line 4: a " is not closed, or not doubled inside of a text'
    assert table(kept, ";") == [
        ["Vorname", "Nachname", "E-Mail", "x", "refused_reason", "refused_row"],
        ["", "Weg", "b", "2", missing, ""],
        ["", "", "", "", broken, 'Bo;"Li"nd;c;3'],
        ["", "Süd", "d;d", "4", missing, ""],
    ]
    # As it is, all of it is refused again; the marks of before are not kept.
    again, report = refused(kept.read_bytes(), mapping=mapping)
    assert len(report.refused) == 3 and report.created == 0
    assert table(again, ";")[0] == table(kept, ";")[0]
    assert table(again, ";")[2] == ["", "", "", "", missing, ""]
    # Mended, it is imported.
    mended = kept.read_text("utf-8-sig").replace("\n;", "\nEva;")
    assert refused(mended, mapping=mapping)[1].created == 3


def test_json_lines_stay_json_lines(refused):
    kept, _ = refused('{"email": "a", "n": {"x": 1}}\n{"first_name": ""}\n{\n', "a.jsonl")

    first, second, third = map(json.loads, kept.read_text().splitlines())
    missing = "first_name is missing"
    assert first == {"email": "a", "n": {"x": 1}, "refused_reason": missing}
    assert second == {"refused_reason": missing}
    assert third["refused_row"] == "{" and third["refused_reason"][:7] == "line 3:"
    first["first_name"] = "Mended"
    again, report = refused("\n".join(map(json.dumps, (first, third))), "a.jsonl")
    assert report.created == 1 and len(again.read_text().splitlines()) == 1


def test_a_number_of_a_spreadsheet_is_not_imported_by_mistake(refused):
    book = openpyxl.Workbook()
    for line in (("First Name", "Phone"), ("Ada", 4670), ("", "+46")):
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)

    kept, _ = refused(file.getvalue(), "a.xlsx")

    _, number, missing = table(kept)
    assert number[:2] == ["", ""] and number[3] == "Ada\t4670"
    assert missing[:2] == ["", "+46"]
    assert refused(kept.read_bytes())[1].created == 0


def test_cards_become_columns(refused, pgai_sandbox):
    rule = {"fault": "status", "code": 422, "match": {"method": "POST", "nth": 1}}
    pgai_sandbox.fault(rule)
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Bo Lind\nEND:VCARD\n"
    kept, report = refused(card + "BEGIN:VCARD\nrubbish\n", "a.vcf")

    header, lind, rubbish = table(kept)
    assert dict(zip(header, lind, strict=True))["last_name"] == "Lind"
    assert rubbish[-1] == "BEGIN:VCARD\nrubbish" and not any(rubbish[:-2])
    again, report = refused(kept.read_bytes())
    assert report.created == 1 and len(table(again)) == 2
    assert pgai_sandbox.log()["created"][0]["last_name"] == "Lind"


def test_nothing_is_replaced(refused, tmp_path):
    kept, report = refused("First Name,Email\n,a\n")
    source = read_file(kept.parent / "people.csv")
    before = os.stat(kept)
    write_refused(source, report.refused, kept)
    assert os.stat(kept) == before
    kept.write_text("mended")
    with pytest.raises(FileExistsError, match="choose another name"):
        write_refused(source, report.refused, kept)
    assert kept.read_text() == "mended"
    with pytest.raises(pgai.UsageError, match=r"need a name with \.csv"):
        write_refused(source, report.refused, tmp_path / "kept.json")
    with pytest.raises(FileNotFoundError):
        write_refused(source, report.refused, tmp_path / "no" / "kept.csv")
    (tmp_path / "other.csv").write_text("First Name,Email\nBo,a\n")
    with pytest.raises(pgai.UsageError, match=r"row 1 of .* is not the one"):
        other = read_file(tmp_path / "other.csv")
        write_refused(other, report.refused, tmp_path / "kept.csv")
    assert sorted(os.listdir(kept.parent)) == ["journal", "kept.csv", "people.csv"]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)


@hypothesis.settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@hypothesis.given(
    rows=st.lists(st.tuples(st.sampled_from(["", "A"]), cells.map(str.strip)), max_size=6)
)
def test_what_is_kept_is_what_was_refused(refused, rows):
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("First Name", "Company"), *rows])

    kept, report = refused(file.getvalue())

    wrong = [list(row) for row in rows if not row[0] and row[1]]
    assert [row[:2] for row in table(kept)[1:]] == wrong
    assert len(report.refused) == len(wrong) == len(read_file(kept))
