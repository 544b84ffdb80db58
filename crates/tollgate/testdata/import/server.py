#!/usr/bin/env python3
"""The target of the load tools: a few endpoints whose behaviour is known beforehand.

/fast     200 at once
/mixed    200 after 2 ms, every tenth request after 40 ms
/slow     200 after 147 ms
/flaky    200 after 1 ms, every fifth request 503
/late     200 after 1.3 s
/failing  503 at once
/hang     never answers

Usage: server.py PORT
"""

import asyncio
import itertools
import sys

ORDINALS = {path: itertools.count(1) for path in ("/mixed", "/flaky")}


async def answer(path: str) -> int:
    if path == "/mixed":
        await asyncio.sleep(0.040 if next(ORDINALS[path]) % 10 == 0 else 0.002)
    elif path == "/slow":
        await asyncio.sleep(0.147)
    elif path == "/late":
        await asyncio.sleep(1.3)
    elif path == "/flaky":
        await asyncio.sleep(0.001)
        return 503 if next(ORDINALS[path]) % 5 == 0 else 200
    elif path == "/failing":
        return 503
    elif path == "/hang":
        await asyncio.sleep(3600)
    elif path != "/fast":
        return 404
    return 200


REASONS = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            request_line, *fields = head.split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (field.partition(":") for field in fields)
            }
            await reader.readexactly(int(headers.get("content-length", "0")))
            _, target, version = request_line.split(" ")
            status = await answer(target.partition("?")[0])
            body = f"{status} {REASONS[status]}\n"
            wish = headers.get("connection", "").lower()
            keep = wish == "keep-alive" if version == "HTTP/1.0" else wish != "close"
            writer.write(
                f"HTTP/1.1 {status} {REASONS[status]}\r\n"
                "content-type: text/plain\r\n"
                f"content-length: {len(body)}\r\n"
                f"connection: {'keep-alive' if keep else 'close'}\r\n"
                f"\r\n{body}".encode()
            )
            await writer.drain()
            if not keep:
                return
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
