"""Services that no connection can be made with, for tests of limits.

As a program, for tests in other languages: it writes their URLs to the file it is given,
one a line, and lives until its input ends.
"""

import os
import pathlib
import socket
import sys


class DeadPeers:
    """`urls` by name: "mute" takes connections and never answers; "full" takes none."""

    def __init__(self):
        # Nobody accepts, so the system makes the connections.
        mute = socket.create_server(("127.0.0.1", 0), backlog=512)
        # Here it makes none, as too many wait to be accepted.
        full = socket.create_server(("127.0.0.1", 0), backlog=0)
        self._sockets = [mute, full]
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
            self._sockets.append(waiting)
        self.urls = {
            "mute": f"https://127.0.0.1:{mute.getsockname()[1]}/v1",
            "full": f"http://127.0.0.1:{full.getsockname()[1]}/v1",
        }

    def close(self):
        for each in self._sockets:
            each.close()


def main():
    path = pathlib.Path(sys.argv[1])
    peers = DeadPeers()
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(f"{peers.urls['mute']}\n{peers.urls['full']}\n")
    os.replace(unfinished, path)
    sys.stdin.read()


if __name__ == "__main__":
    main()
