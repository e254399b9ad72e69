"""Options of the data source, checked without a session."""

import importlib
import pickle
import sys
import types

import pytest

import pgai
import pgai.spark
from pgai.spark import _engine
from pgai.spark._batch import Reader
from pgai.testing import Sandbox

KEY = "canary_key_of_spark"


def source(**options):
    return pgai.spark.ContactsDataSource(options)


WRONG = {
    "partitions": ["0", "-1", "10001", "four", "1.5", ""],
    "tasks": ["0", "x"],
    "share": ["0", "2", "-0.5", "nan", "inf", "half"],
    "limit": ["0", "x"],
    "prefetch": ["0", "33"],
    "strict": ["1", "yes"],
    "details": ["2"],
    "pace": ["fast"],
    "timeout": ["0", "-1", "nan", "inf", "x"],
    "max_attempts": ["0"],
    "max_rows": ["0"],
    "begin": ["end"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]]
)
def test_a_wrong_value_is_told(name, value):
    with pytest.raises(pgai.UsageError, match=rf"^{name} must be .*, not '"):
        source(**{name: value})


def test_a_wrong_name_is_told_with_the_right_one():
    with pytest.raises(pgai.UsageError, match="did you mean partitions"):
        source(partition="4")
    with pytest.raises(pgai.UsageError, match=r"there are .*api_key_env"):
        source(path="contacts")


def test_names_have_no_case():
    assert source(Partitions="4", MAX_ROWS="5").settings.partitions == 4


def test_two_keys_are_refused():
    with pytest.raises(pgai.UsageError, match="only one of api_key_env and api_key_file"):
        source(api_key_env="A", api_key_file="/b")


def test_options_of_the_other_kind_are_refused():
    with pytest.raises(pgai.UsageError, match="max_rows is not for batch reads"):
        source(max_rows="5").reader(None)
    with pytest.raises(pgai.UsageError, match="partitions is not for stream reads"):
        source(partitions="5").simpleStreamReader(None)


def test_a_key_in_options_is_in_no_repr_and_once_in_a_pickle():
    with pytest.warns(UserWarning, match="give api_key_env"):
        made = source(api_key=KEY)
    assert KEY not in repr(made.settings) + repr(vars(made))
    assert pickle.dumps(made).count(KEY.encode()) == 1


def test_a_key_by_name_is_in_no_pickle(monkeypatch):
    monkeypatch.setenv("CRM", KEY)
    assert KEY.encode() not in pickle.dumps(source(api_key_env="CRM"))


def test_a_key_file_is_read_anew(tmp_path):
    with Sandbox(contacts=1) as service:
        file = tmp_path / "key"
        file.write_text("test_key_0\n")
        made = source(api_key_file=str(file), base_url=service.url).settings.client()
        with made:
            with pytest.raises(pgai.AuthenticationError):
                made.list()
            file.write_text(service.api_key)
            assert len(made.list()) == 1
            file.write_text("")
            with pytest.raises(pgai.UsageError, match="is empty"):
                made.list()


def test_tasks_ask_the_service_that_was_planned_with(monkeypatch):
    monkeypatch.setenv("PGAI_BASE_URL", "https://crm.example/v1")
    made = source(api_key_env="PATH")
    monkeypatch.delenv("PGAI_BASE_URL")
    with pickle.loads(pickle.dumps(made)).settings.client() as contacts:
        assert contacts.base_url == "https://crm.example/v1"


@pytest.mark.parametrize(
    ("options", "share"),
    [
        ({"partitions": "8"}, 1 / 4),
        ({"partitions": "2"}, 1 / 2),
        ({"partitions": "8", "tasks": "16"}, 1 / 8),
        ({"partitions": "8", "share": "0.5"}, 1 / 8),
        ({"partitions": "8", "pace": "false"}, 1),
        ({"share": "0.5"}, 1 / 2),
        ({}, 1),
    ],
)
def test_tasks_share_the_allowance(monkeypatch, options, share):
    given = []

    class Contacts(pgai.Contacts):
        def __init__(self, **options):
            given.append(options)
            super().__init__(**options)

    monkeypatch.setattr(pgai, "Contacts", Contacts)
    monkeypatch.setattr(pgai.spark.ContactsDataSource, "tasks", 4)
    with Sandbox(contacts=2000) as service:
        monkeypatch.setenv("CRM", service.api_key)
        made = source(api_key_env="CRM", base_url=service.url, **options)
        reader = Reader(made.settings, ["id"])
        part = reader.partitions()[0]
        next(reader.read(part))
    assert given[-1].get("share", 1) == pytest.approx(share)


def test_the_wrong_engine_is_told(monkeypatch):
    def engine(name, module):
        with monkeypatch.context() as changed:
            changed.setitem(sys.modules, name, module)
            # The version is looked at first, and this process has a whole PySpark.
            importlib.reload(_engine)

    with pytest.raises(pgai.UsageError, match=r"pip install 'pgai-contacts\[spark\]'"):
        engine("pyspark", None)
    with pytest.raises(pgai.UsageError, match="needs pyarrow"):
        engine("pyarrow", None)
    old = types.ModuleType("pyspark")
    old.__version__ = "3.5.6"
    with pytest.raises(
        pgai.UsageError, match=r"needs PySpark 4 or newer.*this is 3\.5\.6"
    ):
        engine("pyspark", old)
    importlib.reload(_engine)
