"""The servers that are put under load: nginx, and one that stalls."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from process import Failed, pinned

CONFIG = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
error_log stderr error;
pid {folder}/nginx.pid;
events {{ worker_connections 16000; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ return 200 "hello, world\\n"; }}
        location = /status {{ stub_status; }}
    }}
}}
"""

STALLING = pathlib.Path(__file__).with_name("stalling_server.py")


@contextlib.contextmanager
def nginx(processor):
    """Serves one fixed answer on connections that never end."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "nginx.conf")
        config.write_text(CONFIG.format(folder=folder, port=port))
        command = [program(), "-e", "stderr", "-p", folder, "-c", str(config)]
        with serving(command, processor, port):
            yield f"http://127.0.0.1:{port}/"


def program():
    """Debian puts it where only root looks."""
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        raise Failed("nginx is missing: the Debian package nginx-light")
    return found


@contextlib.contextmanager
def stalling(processor):
    """Freezes for 1 s in every 5 s."""
    port = free_port()
    with serving([sys.executable, str(STALLING), str(port)], processor, port):
        yield f"http://127.0.0.1:{port}/"


def answered(url):
    """How many requests nginx has answered; asking is one of them."""
    with urllib.request.urlopen(url + "status") as status:
        # "server accepts handled requests" and, below, the three numbers.
        return int(status.read().split()[9])


@contextlib.contextmanager
def serving(command, processor, port):
    try:
        server = subprocess.Popen(command, preexec_fn=pinned(processor))
    except OSError as error:
        raise Failed(f"start {command[0]}: {error}") from error
    try:
        wait_for(server, port)
        yield
    finally:
        server.terminate()
        server.wait()


def wait_for(server, port):
    for _ in range(500):
        if server.poll() is not None:
            raise Failed(f"start {server.args[0]}: exit code {server.returncode}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.01)
    raise Failed(f"start {server.args[0]}: it does not listen")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
