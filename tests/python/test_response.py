"""The response of a page and of an error: what the conformance table cannot say."""

import pickle

import pytest

import pgai


def test_a_page_keeps_its_response(contacts):
    page = contacts.list(limit=2)
    assert isinstance(page.response, pgai.Response)
    assert page.response.status == 200
    assert page.response.headers["content-type"] == "application/json"
    assert page.response.json is None
    assert page.response.text is None
    assert page.requests == 1


def test_each_page_of_a_walk_does(contacts):
    pages = list(contacts.pages(limit=2))
    assert {page.response.status for page in pages} == {200}


def test_a_page_counts_its_requests(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"times": 1}})
    assert contacts.list().requests == 2


def test_a_page_that_is_copied_has_none(contacts):
    page = contacts.list(limit=2)
    copy = pickle.loads(pickle.dumps(page))
    assert copy == page
    assert copy.response is None
    assert copy.requests == 0
    assert pgai.Page().response is None


def test_an_error_keeps_its_response(contacts):
    with pytest.raises(pgai.NotFoundError) as caught:
        contacts.get("nobody")
    error = caught.value
    assert isinstance(error.response, pgai.Response)
    assert error.response.status == 404
    assert error.response.headers["content-type"] == "application/json"
    again = pickle.loads(pickle.dumps(error))
    assert again.response == error.response


def test_a_walk_that_fails_does(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "status", "code": 401})
    with pytest.raises(pgai.AuthenticationError) as caught:
        list(contacts)
    assert caught.value.response.status == 401


def test_without_a_response_there_is_none(contacts):
    with pytest.raises(pgai.UsageError) as caught:
        contacts.get("")
    assert caught.value.response is None
    assert pgai.Error("made by hand").response is None


def test_what_did_not_come_has_none(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "reset", "k": 0})
    with pytest.raises(pgai.ConnectionLostError) as caught:
        contacts.with_options(max_attempts=1).list()
    assert caught.value.response is None
