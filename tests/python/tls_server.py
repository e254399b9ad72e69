"""nginx with TLS in front of a sandbox, which takes any key for one with all permissions:
keys of the sandbox itself go to no other name than this machine's."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess

CONFIGURATION = """
daemon off; worker_processes 1; pid nginx.pid; error_log error.log; events {{}}
http {{
  log_format each '$connection'; access_log access.log each;
  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t;
  uwsgi_temp_path t; scgi_temp_path t;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate certificate.pem; ssl_certificate_key key.pem;
    location / {{ proxy_pass {behind}; proxy_set_header x-api-key sandbox_key; }}
  }}
}}
"""


def make_certificate(folder, name):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=pgai-test"),
            *("-addext", f"subjectAltName={name}"),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )


class TLSServer:
    """An https address of a sandbox. `certificate` is the file to trust."""

    def __init__(self, folder: pathlib.Path, sandbox_url: str, name: str):
        make_certificate(folder, name)
        # It listens already, and nginx takes it over as it does when it is upgraded: so
        # nobody can take the port in between, and no connection is refused.
        listener = socket.create_server(("127.0.0.1", 0))
        os.set_inheritable(listener.fileno(), True)
        port = listener.getsockname()[1]
        behind = sandbox_url.removesuffix("/v1")
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(port=port, behind=behind), "utf-8"
        )
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with listener:
            # Should the tests be killed, it ends with them.
            self.process = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig", "TERM", program),
                    *("-p", folder, "-c", "nginx.conf", "-e", "error.log"),
                ],
                env={**os.environ, "NGINX": f"{listener.fileno()};"},
                pass_fds=[listener.fileno()],
            )
        self.url = f"https://127.0.0.1:{port}/v1"
        self.folder = folder
        self.certificate = folder / "certificate.pem"

    def requests_by_connection(self):
        """Their numbers, sorted; ends the server, so that its log is complete."""
        self.stop()
        log = (self.folder / "access.log").read_text("utf-8").split()
        return sorted(map(log.count, set(log)))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


@contextlib.contextmanager
def tls_server(folder, sandbox_url, name="IP:127.0.0.1"):
    """Serve a sandbox over TLS, under a certificate for `name`."""
    server = TLSServer(folder, sandbox_url, name)
    try:
        yield server
    finally:
        server.stop()
