#!/usr/bin/env python3
"""Measures what docs/tuning.md tells: `python3 costs.py PROGRAM`, the program of a release build.

Starts `warm-restart serve` with the default rules in a temporary folder, for several numbers of ports.
"""
import http.client, json, os, re, statistics, subprocess, sys, tempfile, threading, time

def start(program, folder, more=""):
    with open(os.path.join(folder, "c.toml"), "w") as f:
        f.write(f"listen = '127.0.0.1:0'\nfolder = '{folder}/state'\n{more}")
    child = subprocess.Popen([program, "serve", "--config", f.name],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return child, child.stdout.readline().strip().removeprefix("listening on http://")

def ask(link, method, path, body=None):
    link.request(method, path, body)
    answer = link.getresponse()
    text = answer.read()
    assert answer.status == 200, (answer.status, text)
    return text

def lines(ports):
    return ["\n".join(json.dumps({"event": "warm_start", "device": f"leaf-{n // 64}", "port": f"Ethernet{n % 64}"})
                      for n in range(at, min(at + 5000, ports))) for at in range(0, ports, 5000)]

def timed(count, act):
    took = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)

def number(text, name):
    return float(re.search(rf"^{name} (\S+)$", text, re.M).group(1))

def scraped(address, act):
    over = threading.Event()
    def scrape():
        link = http.client.HTTPConnection(address)
        while not over.is_set():
            ask(link, "GET", "/metrics")
    thread = threading.Thread(target=scrape)
    thread.start()
    took = act()
    over.set()
    thread.join()
    return took

def ports(program, count):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        child, address = start(program, folder)
        link = http.client.HTTPConnection(address)
        for body in lines(count):
            ask(link, "POST", "/events", body)
        one = '{"event":"warm_start","device":"leaf-0","port":"Ethernet0"}'
        report = timed(21, lambda: ask(link, "POST", "/events", one))
        beside = scraped(address, lambda: timed(21, lambda: ask(link, "POST", "/events", one)))
        shown = []
        scrape = timed(5, lambda: shown.append(ask(link, "GET", "/metrics").decode()))
        looks = []
        for _ in range(5):
            time.sleep(1)
            looks.append(number(ask(link, "GET", "/metrics").decode(), "warm_restart_evaluation_duration_seconds"))
        status = open(f"/proc/{child.pid}/status").read()
        rss = int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))
        size = os.path.getsize(os.path.join(folder, "state", "warm-restart.json"))
        child.terminate()
        child.wait()
        print(f"| {count} | {1000 * statistics.median(looks):.2f} ms | {report:.1f} ms, {beside:.1f} ms | {size / 1e6:.2f} MB "
              f"| {scrape:.0f} ms, {len(shown[-1]) / 1e6:.1f} MB | {rss / 1024:.0f} MB |", flush=True)

def rate(program, each, senders, seconds=5):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        child, address = start(program, folder)
        body = "\n".join(['{"event":"warm_start","device":"leaf-0"}'] * each)
        end, sent = time.perf_counter() + seconds, [0] * senders
        def send(own):
            link = http.client.HTTPConnection(address)
            while time.perf_counter() < end:
                ask(link, "POST", "/events", body)
                sent[own] += each
        threads = [threading.Thread(target=send, args=(own,)) for own in range(senders)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        child.terminate()
        child.wait()
        print(f"| {each} | {senders} | {sum(sent) / seconds:.0f} |", flush=True)

if __name__ == "__main__":
    print("ports, evaluation, one report alone and while scraped, file, scrape, most memory")
    for count in [100, 1000, 10000, 20000]:
        ports(sys.argv[1], count)
    print("events in a request, senders, events a second")
    for each, senders in [(1, 1), (1, 16), (100, 1), (1000, 4)]:
        rate(sys.argv[1], each, senders)
