"""Classes that are derived from the client."""

import pytest

import pgai


class Team(pgai.Contacts):
    """Attributes in __dict__, and a constructor with a signature of its own."""

    made = 0

    def __init__(self, team, **options):
        super().__init__(**options)
        self.team = team
        type(self).made += 1

    def create(self, **fields):
        return super().create(extra={"team": self.team}, **fields)


class Slotted(pgai.Contacts):
    __slots__ = ("__unset", "_team")

    def __init__(self, team, **options):
        super().__init__(**options)
        self._team = team


class Both(Slotted):
    def __init__(self, team, note, **options):
        super().__init__(team, **options)
        self.note = note

    def __setattr__(self, name, value):
        if hasattr(self, "note"):
            raise AttributeError("it does not change")
        super().__setattr__(name, value)


class Mixin:
    def total(self):
        return self.list(limit=1).total


class Mixed(Mixin, pgai.Contacts):
    def __iter__(self):
        return iter([])


@pytest.fixture
def options(pgai_sandbox):
    return {"api_key": "sandbox_key", "base_url": pgai_sandbox.url}


CHANGES = [
    {},
    {"timeout": 3.0},
    {"api_key": "sandbox_key"},
    {"user_agent": "x/1"},
    {"pace": False, "deadline": 5.0},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_what_a_class_keeps_is_carried_over(pgai_sandbox, options, changes):
    contacts = Team("sales", **options)
    contacts.later = [1]
    made = Team.made
    other = contacts.with_options(**changes)
    assert type(other) is Team and Team.made == made
    assert (other.team, other.later) == ("sales", [1])
    assert other.later is contacts.later
    other.team = "support"
    assert contacts.team == "sales"
    other.create(first_name="Sarah")
    assert pgai_sandbox.log()["created"][0]["team"] == "support"


@pytest.mark.parametrize("changes", CHANGES)
def test_slots_are_carried_over(options, changes):
    other = Slotted("sales", **options).with_options(**changes)
    assert other._team == "sales"
    assert not hasattr(other, "_Slotted__unset")
    both = Both("sales", "a note", **options).with_options(**changes)
    assert (both._team, both.note) == ("sales", "a note")
    assert both.list().total == 1000


def test_a_mixin(options):
    contacts = Mixed(**options)
    assert contacts.total() == contacts.with_options(timeout=3.0).total() == 1000
    assert list(contacts) == []
    assert repr(contacts) == repr(pgai.Contacts(**options))


def test_a_constructor_that_passes_on_an_unknown_option(options):
    with pytest.raises(TypeError, match=r"time_out.*timeout"):
        Team("sales", time_out=3, **options)


class Forgetful(pgai.Contacts):
    def __init__(self):
        pass


@pytest.mark.parametrize(
    "use",
    [
        lambda contacts: contacts.list(),
        lambda contacts: contacts.with_options(timeout=3),
        lambda contacts: contacts.with_options(user_agent="x"),
        lambda contacts: contacts.rate_limit,
    ],
)
def test_a_constructor_that_calls_no_other(use):
    contacts = Forgetful()
    assert "not made" in repr(contacts)
    with pytest.raises(pgai.UsageError, match="super"):
        use(contacts)
    contacts.close()


def test_the_constructor_called_again(pgai_sandbox, options):
    contacts = pgai.Contacts("canary_key_of_nobody", base_url="http://127.0.0.1:1/v1")
    contacts.__init__(**options)
    assert contacts.list().total == 1000
    walk = contacts.each(limit=1)
    next(walk)
    with pytest.raises(pgai.UsageError):
        contacts.__init__("canary_key_of_nobody", timeout=-1)
    assert contacts.list().total == 1000
    contacts.close()
    contacts.__init__(**options)
    assert contacts.list().total == 1000
    with pytest.raises(pgai.ClosedError):
        next(walk)
