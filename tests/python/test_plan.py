"""Plans: all pages, cut into ranges that workers walk over."""

import concurrent.futures
import json
import pickle

import pytest

import pgai


def ids_of(contacts, part):
    return [contact.id for contact in contacts.each(**part)]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64])
def test_each_contact_is_in_one_range(pgai_sandbox, contacts, count):
    everyone = [contact.id for contact in contacts]
    parts = contacts.plan(count, limit=9)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda part: ids_of(contacts, part), parts))
    assert len(parts) == min(count, -(-len(everyone) // 9))
    assert [one for ids in found for one in ids] == everyone
    assert all(found)


def test_it_costs_one_request(pgai_sandbox, contacts):
    before = pgai_sandbox.log()["counts"]["requests"]
    contacts.plan(3)
    assert pgai_sandbox.log()["counts"]["requests"] == before + 1


def test_ranges_travel_to_workers(contacts):
    parts = contacts.plan(3, limit=9)
    assert pickle.loads(pickle.dumps(parts)) == parts == json.loads(json.dumps(parts))
    assert [list(part) for part in parts] == [["start", "count", "limit"]] * 3
    assert len(next(contacts.pages(**parts[0]))) == 9


def test_the_last_range_has_what_is_added_at_the_end(pgai_sandbox, contacts):
    *_, last = contacts.plan(3, limit=9)
    before = len(ids_of(contacts, last))
    once = {"times": 1}
    pgai_sandbox.fault({"fault": "contacts_added", "n": 9, "at": "tail", "match": once})
    assert len(ids_of(contacts, last)) == before + 9


def test_the_limit_is_the_one_that_the_service_takes(contacts):
    assert {part["limit"] for part in contacts.plan(2, limit=1000)} == {50}
    assert contacts.plan(2, per_page=9) == contacts.plan(2, limit=9)


@pytest.mark.parametrize("parts", ["4", 4.0, True, [4]])
def test_what_is_no_number_is_a_type_error(pgai_sandbox, contacts, parts):
    with pytest.raises(TypeError, match="parts"):
        contacts.plan(parts)
    assert pgai_sandbox.log()["counts"]["requests"] == 0


@pytest.mark.parametrize("parts", [0, -1, 10001, None])
def test_what_makes_no_sense_is_refused(pgai_sandbox, contacts, parts):
    with pytest.raises(pgai.UsageError, match="parts"):
        contacts.plan(parts)
    assert pgai_sandbox.log()["counts"]["requests"] == 0


def test_other_names_are_hinted_at(contacts):
    with pytest.raises(TypeError, match="did you mean 'parts'"):
        contacts.plan(workers=4)
