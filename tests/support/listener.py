"""A listening socket on loopback, and the thread that takes its connections."""

import socket
import threading


def listen(take, backlog=128):
    """Give each connection to `take`, one after the other; return the listening socket.

    Its shutdown(SHUT_RDWR) ends the thread, which then closes it. Nobody else may: the
    number of a closed socket goes to the next one, and a thread that was about to accept
    would take a connection of that one.
    """
    listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)

    def accept():
        with listener:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                take(connection)

    threading.Thread(target=accept, daemon=True).start()
    return listener
