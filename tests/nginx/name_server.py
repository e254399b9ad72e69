"""A name server that knows the same addresses for all names, by default this machine."""

import socket
import struct
import threading

TYPE_A, TYPE_AAAA = 1, 28


class NameServer:
    """Answers queries over UDP on a port of its own, until it is closed.

    `found` is the IPv4 address that it knows, None while it says nothing, False where it
    knows no name; `found_ipv6` an IPv6 one, None where there is none; `queries` is how
    often it was asked.
    """

    def __init__(self, found="127.0.0.1", found_ipv6=None):
        self.found = found
        self.found_ipv6 = found_ipv6
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
            if self.found is not None:
                self.socket.sendto(self._response(query), sender)

    def _response(self, query):
        """The response to a query of one name (RFC 1035, section 4; RFC 3596)."""
        end = query.index(b"\0", 12) + 5
        question = query[12:end]
        (kind,) = struct.unpack(">H", question[-4:-2])
        address = b""
        if kind == TYPE_A and self.found:
            address = socket.inet_aton(self.found)
        elif kind == TYPE_AAAA and self.found_ipv6:
            address = socket.inet_pton(socket.AF_INET6, self.found_ipv6)
        flags = 0x8183 if self.found is False else 0x8180
        head = query[:2] + struct.pack(">HHHHH", flags, 1, int(bool(address)), 0, 0)
        record = struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(address)) + address
        return head + question + (record if address else b"")

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
