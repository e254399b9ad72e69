"""Over TLS: which certificates are trusted, and what a fork leaves alone."""

import subprocess
import sys

import pytest
from tls_server import tls_server

import pgai

KEY = "sandbox_key"


@pytest.fixture
def server(pgai_sandbox, tmp_path):
    with tls_server(tmp_path, pgai_sandbox.url) as running:
        yield running


@pytest.mark.parametrize("given", [str, lambda path: path, lambda path: path.read_text()])
def test_a_certificate_given_as_file_path_or_text_is_trusted(server, given):
    ca = given(server.certificate)
    with pgai.Contacts(KEY, base_url=server.url, ca=ca) as contacts:
        assert contacts.list().total == 1000
        assert contacts.create(first_name="Sarah").first_name == "Sarah"


def test_the_environment_can_name_the_certificate(server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    with pgai.Contacts(KEY, base_url=server.url) as contacts:
        assert contacts.list().total == 1000


# How systems keep certificates, made of the one in $1, in an /etc that is empty.
LAYOUTS = {
    "Debian": """
        mkdir -p /etc/ssl/certs
        for number in {100..150}; do : >/etc/ssl/certs/00000$number.0; done
        cp "$1" "/etc/ssl/certs/$(openssl x509 -noout -hash -in "$1").0" """,
    "Fedora": """
        mkdir -p /etc/pki/tls/certs
        cp "$1" /etc/pki/tls/certs/ca-bundle.crt""",
    "Alpine": """
        mkdir /etc/ssl
        cp "$1" /etc/ssl/cert.pem""",
    "certifi": """
        mkdir /etc/certifi
        cp "$1" /etc/certifi/cacert.pem
        echo "def where(): return '/etc/certifi/cacert.pem'" >/etc/certifi/__init__.py
        export PYTHONPATH=/etc""",
}


@pytest.fixture
def run_in_layout(server):
    """Lists contacts where certificates are kept as a script leaves them."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        pytest.skip("this user may not mount, even in a namespace of its own")

    def run(script):
        code = """if True:
            import sys, pgai
            with pgai.Contacts("sandbox_key", base_url=sys.argv[1]) as contacts:
                print(contacts.list().total)"""
        start = "unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE; set -e; "
        start += f'mount -t tmpfs none /etc; {script}\nexec "${{@:2}}"'
        return subprocess.run(
            [
                *("unshare", "-rm", "bash", "-c", start, "bash", server.certificate),
                *(sys.executable, "-c", code, server.url),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.mark.parametrize("script", LAYOUTS.values(), ids=LAYOUTS)
def test_certificates_are_found_where_systems_keep_them(run_in_layout, script):
    done = run_in_layout(script)
    assert (done.stdout, done.stderr) == ("1000\n", "")


def test_a_system_without_certificates_is_told_what_to_do(run_in_layout):
    no_certifi = "echo raise ImportError >/etc/certifi.py; export PYTHONPATH=/etc"
    done = run_in_layout(no_certifi)
    assert "pgai.UsageError: no trusted certificates found: give ca" in done.stderr


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(server, pgai_sandbox):
    with pgai.Contacts(KEY, base_url=server.url) as contacts:
        with pytest.raises(pgai.TLSError) as caught:
            contacts.create(first_name="Sarah")
    assert caught.value.requests == 1
    assert not caught.value.outcome_unknown
    assert pgai_sandbox.log()["counts"]["requests"] == 0


def test_a_certificate_of_another_name_is_refused(pgai_sandbox, tmp_path):
    with tls_server(tmp_path, pgai_sandbox.url, "DNS:elsewhere.example") as server:
        with pgai.Contacts(KEY, base_url=server.url, ca=server.certificate) as contacts:
            with pytest.raises(pgai.TLSError):
                contacts.list()
    assert pgai_sandbox.log()["counts"]["requests"] == 0


def test_children_leave_the_session_of_their_parent_alone(server, run_python):
    """A child that closed, or used, the inherited session would end it for the parent."""
    run_python(
        """
        import gc, os, sys, warnings
        import pgai

        warnings.simplefilter("ignore", DeprecationWarning)
        contacts = pgai.Contacts("sandbox_key", base_url=sys.argv[1], ca=sys.argv[2])
        walk = contacts.each(limit=50, prefetch=1)
        next(walk)
        for uses in (True, False) * 3:
            child = os.fork()
            if child == 0:
                if uses:
                    assert contacts.list().total == 1000
                del contacts, walk
                gc.collect()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            assert contacts.list().total == 1000
        assert sum(1 for _ in walk) == 999
        """,
        server.url,
        str(server.certificate),
    )
    # All requests of the parent came over one connection, those of the children not.
    assert server.requests_by_connection() == [1, 1, 1, 6 + 20]
