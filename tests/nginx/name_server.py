"""A name server that knows one address, by default this machine's, for every name."""

import socket
import struct
import threading

TYPE_A = 1


class NameServer:
    """Answers queries over UDP on a port of its own, until it is closed.

    `found` is the address that it knows, None while it says nothing; `queries` is how
    often it was asked.
    """

    def __init__(self, found="127.0.0.1"):
        self.found = found
        self.queries = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            query, sender = self.socket.recvfrom(512)
            if not query:
                return
            self.queries += 1
            if self.found:
                self.socket.sendto(answer(query, self.found), sender)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()


def answer(query, address):
    """The answer to a query of one name (RFC 1035, section 4)."""
    end = query.index(b"\0", 12) + 5
    question = query[12:end]
    (kind,) = struct.unpack(">H", question[-4:-2])
    found = kind == TYPE_A
    head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, int(found), 0, 0)
    record = struct.pack(">HHHIH4s", 0xC00C, TYPE_A, 1, 60, 4, socket.inet_aton(address))
    return head + question + (record if found else b"")
