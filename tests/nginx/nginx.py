"""A real nginx with ngx_lua, on Debian's packages, in a folder of its own."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).parent.parent.parent
MODULES = pathlib.Path("/usr/lib/nginx/modules")

# Workers must be able to read this project, wherever it lies.
USER = "user root;\n" if os.geteuid() == 0 else ""

# The folders of `pgai/core.so`; set by scripts/test.
LUA_MODULES = os.environ.get("PGAI_LUA_MODULES", str(ROOT / "build/dev/lua/luajit"))

CONFIGURATION = """
load_module {modules}/ndk_http_module.so;
load_module {modules}/ngx_http_lua_module.so;
{user} daemon off; worker_processes {workers}; pid nginx.pid; error_log error.log info;
worker_shutdown_timeout 10s;
{main}
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t;
  uwsgi_temp_path t; scgi_temp_path t;
  lua_package_path "{root}/lua/?.lua;{root}/lua/?/init.lua;{lua_path};";
  lua_package_cpath "{lua_modules}/?.so;;";
  lua_socket_log_errors off;
  {http}
  server {{
    listen 127.0.0.1:{port};
    default_type text/plain;
    {server}
  }}
}}
"""

# What nginx writes when something went badly wrong, which no test may bring about.
GRAVE = ("[alert]", "[crit]", "[emerg]")


def listener():
    """A socket that listens already, for nginx to take over as it does when it is
    upgraded: so nobody can take the port in between, and no connection is refused."""
    taken = socket.create_server(("127.0.0.1", 0), backlog=512)
    # One that blocks would stop one of two workers that both go to accept.
    taken.setblocking(False)
    os.set_inheritable(taken.fileno(), True)
    return taken


class Nginx:
    """A running nginx; `url` is its address. Each part of `lua_path` ends with `;`.

    `expected` are parts of what it writes that would be grave but for the test.
    """

    def __init__(
        self,
        folder,
        *,
        main="",
        http="",
        server="",
        workers=1,
        connections=1024,
        lua_path="",
    ):
        taken = listener()
        text = CONFIGURATION.format(
            user=USER,
            modules=MODULES,
            root=ROOT,
            lua_path=lua_path,
            lua_modules=LUA_MODULES,
            port=taken.getsockname()[1],
            main=main,
            http=http,
            server=server,
            workers=workers,
            connections=connections,
        )
        self._run(folder, text, taken)

    @classmethod
    def of(cls, folder, text, taken):
        """One with a configuration of its own."""
        nginx = cls.__new__(cls)
        nginx._run(folder, text, taken)
        return nginx

    def _run(self, folder, text, taken):
        self.expected = ["lua_code_cache is off"]
        self.folder = pathlib.Path(folder)
        self.port = taken.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "nginx.conf").write_text(text, "utf-8")
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with taken:
            # Should the tests be killed, it ends with them.
            self.process = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig", "TERM", program),
                    *("-p", self.folder, "-c", "nginx.conf", "-e", "error.log"),
                ],
                env={**os.environ, "NGINX": f"{taken.fileno()};"},
                pass_fds=[taken.fileno()],
            )
        self.wait_for(lambda: self.workers(), "no worker started")

    def log(self):
        return (self.folder / "error.log").read_text("utf-8", errors="replace")

    def wait_for(self, condition, what, seconds=10.0):
        """Wait until something that nginx does has happened; its value."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            value = condition()
            if value:
                return value
            assert self.process.poll() is None, self.log()
            time.sleep(0.01)
        raise AssertionError(f"{what}\n{self.log()}")

    def workers(self):
        """The process ids of the workers that run."""
        master = self.process.pid
        children = pathlib.Path(f"/proc/{master}/task/{master}/children")
        return [int(pid) for pid in children.read_text().split()]

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        """End it; fails when its log holds anything grave."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)
        grave = [
            line
            for line in self.log().splitlines()
            if any(word in line for word in GRAVE)
            and not any(words in line for words in self.expected)
        ]
        assert not grave, "\n".join(grave)
