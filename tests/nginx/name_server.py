"""A name server that knows one address: every name is this machine's."""

import socket
import struct
import threading

TYPE_A = 1


class NameServer:
    """Answers queries over UDP on a port of its own, until it is stopped."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:{}".format(self.socket.getsockname()[1])
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            query, sender = self.socket.recvfrom(512)
            if not query:
                return
            self.socket.sendto(answer(query), sender)

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()


def answer(query):
    """The answer to a query of one name (RFC 1035, section 4)."""
    end = query.index(b"\0", 12) + 5
    question = query[12:end]
    (kind,) = struct.unpack(">H", question[-4:-2])
    found = kind == TYPE_A
    head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, int(found), 0, 0)
    record = struct.pack(">HHHIH4s", 0xC00C, TYPE_A, 1, 60, 4, socket.inet_aton("127.0.0.1"))
    return head + question + (record if found else b"")
