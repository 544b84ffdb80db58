"""Simulates NSFNet with Flex Net Sim's Python port and prints requests a second as records.

K-shortest-path first-fit over the four shortest paths, 320 slots, its default bit rates and a load of
100 Erlang. Its links have a direction each, so that it has twice the slots of ours; the work of a
request is the same or less.
"""

import contextlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path

from flexnetsim.controller import Controller
from flexnetsim.simulator import Simulator

HERE = Path(__file__).resolve().parent
PATHS = HERE.parent / "tests" / "golden" / "ksp_NSFNet_length_k4.json"
LINKS = HERE.parent / "data" / "nsfnet.csv"
SLOTS = 320
ERLANG = 100
REQUESTS = 2_000


def network(folder):
    """Writes the topology and the paths as the simulator reads them."""
    links = []
    for line in LINKS.read_text().splitlines()[1:]:
        src, dst, km = line.split(",")
        for ends in ((int(src), int(dst)), (int(dst), int(src))):
            link = {"id": len(links), "src": ends[0], "dst": ends[1]}
            links.append({**link, "length": float(km), "slots": SLOTS})
    nodes = [{"id": node} for node in range(14)]
    topology = {"name": "NSFNet", "alias": "nsfnet", "nodes": nodes, "links": links}
    routes = []
    for pair, paths in json.loads(PATHS.read_text())["paths"].items():
        src, dst = map(int, pair.split("-"))
        routes.append({"src": src, "dst": dst, "paths": paths})
    files = [folder / "topology.json", folder / "routes.json"]
    files[0].write_text(json.dumps(topology))
    files[1].write_text(json.dumps({"name": "paths", "alias": "nsfnet", "routes": routes}))
    return [str(file) for file in files]


def first_fit(src, dst, bit_rate, connection, net, paths):
    """The lowest slots that are free on every link of the first path that has them."""
    need = bit_rate.get_number_of_slots(0)
    for path in paths[src][dst]:
        links = [net.get_link(link) for link in path]
        run = 0
        for slot in range(SLOTS):
            run = run + 1 if not any(link.get_slot(slot) for link in links) else 0
            if run == need:
                for link in path:
                    connection.add_link(link, from_slot=slot - need + 1, to_slot=slot + 1)
                return Controller.status.ALLOCATED, connection
    return Controller.status.NOT_ALLOCATED, connection


def simulate(topology, routes, seed):
    """Requests a second of one simulation."""
    simulator = Simulator(topology, routes)
    simulator.goalConnections = REQUESTS
    simulator.mu = 1
    simulator.lambdaS = ERLANG
    for name in ("seedArrive", "seedDeparture", "seedBitRate"):
        setattr(simulator, name, seed)
    simulator.set_allocation_algorithm(first_fit)
    simulator.init()
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        simulator.run()
    return REQUESTS / (time.perf_counter() - start)


def main():
    rounds = 2 if "--quick" in sys.argv else 6
    with tempfile.TemporaryDirectory() as folder:
        files = network(Path(folder))
        rates = [simulate(*files, seed) for seed in range(1, rounds + 1)]
    record = {"tollgate": 1, "operation": "simulate / as flexnetsim", "metric": "throughput"}
    print(json.dumps({**record, "unit": "/s", "samples": rates}))


main()
