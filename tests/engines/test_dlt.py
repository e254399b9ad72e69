"""dlt pipelines that load contacts into duckdb."""

import contextlib
import pathlib

import dlt
import duckdb
import pytest

import pgai
import pgai.dlt

CONTACTS = 420


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """dlt has its settings and its state there, and tells nobody of the runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")


def pipeline(name="crm"):
    database = dlt.destinations.duckdb(str(pathlib.Path("crm.duckdb").resolve()))
    return dlt.pipeline(name, destination=database, dataset_name="people")


def ask(query):
    with contextlib.closing(duckdb.connect("crm.duckdb")) as database:
        return database.sql(query).fetchall()


def loaded():
    ids = [id for (id,) in ask("SELECT id FROM people.contacts")]
    assert len(ids) == len(set(ids))
    return set(ids)


def there(client):
    return {contact.id for contact in client}


def requests(service):
    return service.log()["counts"]["requests"]


def test_a_first_load_has_all_contacts(client):
    pipeline().run(pgai.dlt.source(client))
    assert loaded() == there(client)


def test_the_next_load_has_what_is_new_and_costs_one_request(service, client):
    pipeline().run(pgai.dlt.source(client))
    created = client.create(first_name="Sarah", last_name="Connor")
    before = requests(service)
    pipeline().run(pgai.dlt.source(client))
    assert requests(service) == before + 1
    assert created.id in loaded() == there(client)


def test_a_load_without_news_changes_nothing(client):
    pipeline().run(pgai.dlt.source(client))
    pipeline().run(pgai.dlt.source(client))
    assert loaded() == there(client)


def test_new_contacts_are_found_where_others_were_deleted(service, client):
    pipeline().run(pgai.dlt.source(client))
    gone = {"fault": "contacts_deleted", "n": 200, "at": "head", "match": {"times": 1}}
    service.fault(gone)
    client.list(limit=1)
    created = client.create(first_name="Sarah", last_name="Connor")
    pipeline().run(pgai.dlt.source(client))
    assert created.id in loaded()


@pytest.mark.parametrize("strict", [True, False])
def test_a_full_load_replaces_the_table(service, client, strict):
    pipeline().run(pgai.dlt.source(client, strict=strict))
    service.fault(
        {"fault": "contacts_deleted", "n": 9, "at": "head", "match": {"times": 1}}
    )
    client.list(limit=1)
    pipeline().run(pgai.dlt.source(client, full=True, strict=strict))
    assert loaded() == there(client)
    before = requests(service)
    pipeline().run(pgai.dlt.source(client, strict=strict))
    assert requests(service) <= before + 2


def test_contacts_added_elsewhere_fail_the_load(service, client):
    pipeline().run(pgai.dlt.source(client))
    service.fault(
        {"fault": "contacts_added", "n": 3, "at": "head", "match": {"times": 1}}
    )
    with pytest.raises(Exception, match="3 contacts were added, but not at the end"):
        pipeline().run(pgai.dlt.source(client))
    pipeline().run(pgai.dlt.source(client, full=True))
    assert loaded() == there(client)


def test_a_failed_walk_keeps_the_place(service, client):
    pipeline().run(pgai.dlt.source(client))
    for _ in range(120):
        client.create(first_name="Sarah", last_name="Connor")
    match = {"path": "/v1/contacts", "nth": 2}
    service.fault({"fault": "status", "code": 403, "match": match})
    with pytest.raises(Exception, match="contacts:read"):
        pipeline().run(pgai.dlt.source(client))
    assert len(loaded()) == CONTACTS
    pipeline().run(pgai.dlt.source(client))
    assert loaded() == there(client)


def test_a_failed_load_is_done_again(client):
    pipeline().run(pgai.dlt.source(client))
    client.create(first_name="Sarah", last_name="Connor")
    # Another program has the file.
    pathlib.Path("crm.duckdb").rename("away")
    pathlib.Path("crm.duckdb").mkdir()
    with pytest.raises(Exception, match=r"crm\.duckdb"):
        pipeline().run(pgai.dlt.source(client))
    pathlib.Path("crm.duckdb").rmdir()
    pathlib.Path("away").rename("crm.duckdb")
    client.create(first_name="Kyle", last_name="Reese")
    pipeline().run(pgai.dlt.source(client))
    pipeline().run(pgai.dlt.source(client))
    assert loaded() == there(client)


def test_another_machine_goes_on_from_the_state_in_the_database(
    service, client, monkeypatch
):
    pipeline().run(pgai.dlt.source(client))
    monkeypatch.setenv("DLT_DATA_DIR", str(pathlib.Path("another").resolve()))
    client.create(first_name="Sarah", last_name="Connor")
    before = requests(service)
    pipeline().run(pgai.dlt.source(client))
    assert requests(service) == before + 1
    assert loaded() == there(client)


def test_a_load_in_portions(client):
    for _ in range(4):
        pipeline().run(pgai.dlt.contacts(client).add_limit(3))
    pipeline().run(pgai.dlt.contacts(client))
    assert loaded() == there(client)


def test_details_and_types(client):
    pipeline().run(pgai.dlt.source(client, details=True))
    ((phone, created),) = ask("SELECT phone, created_at FROM people.contacts LIMIT 1")
    assert isinstance(phone, str)
    assert created.tzinfo


def test_the_table_has_hints():
    table = pgai.dlt.contacts().compute_table_schema()
    assert table["write_disposition"] == "merge"
    assert table["columns"]["id"]["primary_key"]
    assert table["columns"]["email"]["data_type"] == "text"
    assert table["columns"]["created_at"]["data_type"] == "timestamp"


def test_the_key_of_dlts_secrets_is_nowhere(service, monkeypatch):
    """It is in no file of dlt and not in the database."""
    monkeypatch.setenv("SOURCES__PGAI__API_KEY", service.api_key)
    monkeypatch.setenv("SOURCES__PGAI__BASE_URL", service.url)
    made = pipeline()
    told = str(made.run(pgai.dlt.source())) + repr(made) + str(made.last_trace)
    assert service.api_key not in told
    assert len(loaded()) == CONTACTS
    for path in pathlib.Path().rglob("*"):
        if path.is_file():
            assert service.api_key.encode() not in path.read_bytes()


def test_without_a_key_nothing_is_sent(service, monkeypatch):
    monkeypatch.setenv("SOURCES__PGAI__BASE_URL", service.url)
    with pytest.raises(Exception, match="PGAI_API_KEY"):
        pipeline().run(pgai.dlt.source())
    assert requests(service) == 0


def test_what_is_no_client_is_refused():
    with pytest.raises(TypeError, match=r"client must be pgai\.Contacts, not str"):
        pgai.dlt.contacts("key")
