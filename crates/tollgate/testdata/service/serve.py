"""A service with a single worker, for the tests of trials of services.

    serve.py PORT [--OPTION VALUE]...

It answers `GET /ready` and, with work to do, everything else.
"""

import argparse
import os
import selectors
import signal
import socket
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--not-ready", type=int, default=0, help="answer /ready so often with 503")
parser.add_argument("--work", type=float, default=0, help="seconds that each request takes")
parser.add_argument("--leak", type=int, default=0, help="bytes kept for each request")
parser.add_argument("--fail", type=int, default=0, help="every so many requests one is a 500")
parser.add_argument("--exit", type=int, default=0, help="after so many requests, end with code 7")
parser.add_argument("--kill", type=int, default=0, help="after so many requests, kill itself")
parser.add_argument("--pids", help="a file for the numbers of itself and of a child")
parser.add_argument("--spin", action="store_true", help="work by using the processor")
options = parser.parse_args()

asked_ready = 0
requests = 0
kept = []


def work():
    if options.spin:
        end = time.perf_counter() + options.work
        while time.perf_counter() < end:
            pass
    elif options.work:
        time.sleep(options.work)


def answer(path):
    global asked_ready, requests
    if path == "/ready":
        asked_ready += 1
        return 200 if asked_ready > options.not_ready else 503
    requests += 1
    if options.exit and requests == options.exit:
        print("out of cheese", file=sys.stderr)
        sys.exit(7)
    if options.kill and requests == options.kill:
        print("about to be killed", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    work()
    if options.leak:
        kept.append(bytes([1]) * options.leak)
    return 500 if options.fail and requests % options.fail == 0 else 200


def respond(connection, buffer):
    """Answers the whole requests in the buffer; none of them has a body."""
    while b"\r\n\r\n" in buffer:
        head, _, rest = bytes(buffer).partition(b"\r\n\r\n")
        buffer[:] = rest
        status = answer(head.split(b" ", 2)[1].decode())
        body = b'{"ok":true}'
        head = f"HTTP/1.1 {status} Told\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)


if options.pids:
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    with open(options.pids, "w") as pids:
        pids.write(f"{os.getpid()} {child.pid}\n")

listener = socket.create_server(("127.0.0.1", options.port), backlog=1024)
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ)
print("listening", flush=True)
while True:
    for key, _ in selector.select():
        if key.fileobj is listener:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ, bytearray())
            continue
        try:
            chunk = key.fileobj.recv(65536)
            key.data.extend(chunk)
            if chunk:
                respond(key.fileobj, key.data)
                continue
        except ConnectionError:
            pass
        selector.unregister(key.fileobj)
        key.fileobj.close()
