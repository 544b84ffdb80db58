"""Answers every request at once, but for 1 s in every 5 s, in which it does nothing at all.

One loop serves all connections, so that all of them stall together, as those of a process that
collects garbage or waits for a lock do.
"""

import select
import socket
import sys
import time

PERIOD = 5.0
STALL = 1.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"


def serve(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    listener.setblocking(False)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    connections = {}
    stall = time.monotonic() + PERIOD - STALL
    while True:
        left = stall - time.monotonic()
        if left <= 0:
            time.sleep(STALL + left)
            stall += PERIOD
            continue
        for ready, _ in poll.poll(left):
            if ready == listener.fileno():
                accept(listener, poll, connections)
            else:
                answer(ready, poll, connections)


def accept(listener, poll, connections):
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connections[connection.fileno()] = connection
    poll.register(connection, select.EPOLLIN)


def answer(ready, poll, connections):
    connection = connections[ready]
    try:
        # A request is small and comes whole: no generator here sends the next before the answer.
        request = connection.recv(16384)
        if request:
            connection.send(ANSWER)
            return
    except ConnectionError:
        pass
    poll.unregister(connection)
    del connections[ready]
    connection.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
