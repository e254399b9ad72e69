"""Certificates that others have signed, and servers that show them."""

import contextlib
import ssl
import subprocess

from peer import Peer


class Certificate:
    """One that another has signed, or itself; `chain` is it and those above it."""

    def __init__(self, folder, name, *, signer=None, names=None, days=2):
        self.key, self.own = folder / f"{name}.key", folder / f"{name}.crt"
        self.chain = folder / f"{name}.chain"
        request, more = folder / f"{name}.csr", folder / f"{name}.ext"
        more.write_text(
            f"subjectAltName=DNS:{names}"
            if names
            else "basicConstraints=critical,CA:TRUE"
        )
        run(
            *("req", "-newkey", "ec", "-nodes", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-subj", f"/CN=pgai {name}", "-keyout", self.key, "-out", request),
        )
        by = ("-signkey", self.key)
        if signer:
            by = ("-CA", signer.own, "-CAkey", signer.key, "-CAcreateserial")
        run(
            *("x509", "-req", "-in", request, "-extfile", more, "-days", str(days)),
            *(*by, "-out", self.own),
        )
        above = signer.chain.read_text("ascii") if signer else ""
        self.chain.write_text(self.own.read_text("ascii") + above, "ascii")

    def serve(self):
        """A server that shows it and closes each connection; `url` has an address."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)

        def play(connection, number):
            with contextlib.suppress(OSError):
                context.wrap_socket(connection, server_side=True).close()

        return contextlib.closing(Peer(play))


def run(*command):
    subprocess.run(("openssl", *command), check=True, capture_output=True)
