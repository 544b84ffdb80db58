"""Writes networkx_paths.json beside this file: for the shipped networks and both orders the weights
of the four shortest simple paths of every pair of nodes, as networkx finds them; and writes
networkx_sample.graphml, a small graph as networkx writes it.

    pip install networkx
    python tests/oracle/networkx_paths.py

Weights are hops, or hectometres: every length has at most one decimal. To keep the file small,
pairs are in the order of the nodes' numbers, the smaller one first, and each pair is the weight of
its shortest path followed by what each further path weighs more than the one before.
"""

import csv
import itertools
import json
import pathlib

import networkx as nx

HERE = pathlib.Path(__file__).parent
DATA = HERE.parent.parent / "data"
K = 4


def network(name):
    graph = nx.Graph()
    with open(DATA / f"{name}.csv", newline="") as file:
        for row in csv.DictReader(file):
            hectometres = round(float(row["km"]) * 10)
            assert abs(hectometres - float(row["km"]) * 10) < 1e-6
            graph.add_edge(int(row["src"]), int(row["dst"]), length=hectometres)
    return graph


def weights(graph, weight):
    for pair in itertools.combinations(sorted(graph), 2):
        paths = itertools.islice(nx.shortest_simple_paths(graph, *pair, weight=weight), K)
        found = [nx.path_weight(graph, path, weight) if weight else len(path) - 1 for path in paths]
        yield [found[0]] + [later - earlier for earlier, later in itertools.pairwise(found)]


def golden():
    networks = {name: network(name) for name in ("nsfnet", "usbackbone60")}
    orders = {"hops": None, "length": "length"}
    return {
        name: {order: list(weights(graph, weight)) for order, weight in orders.items()}
        for name, graph in networks.items()
    }


def sample():
    graph = nx.Graph(name="sample")
    graph.add_node("Oslo", Latitude=59.91, Longitude=10.75)
    graph.add_node("Bergen", Latitude=60.39, Longitude=5.32)
    graph.add_node("Trondheim", Latitude=63.43, Longitude=10.4)
    graph.add_edge("Oslo", "Trondheim", length=500.5)
    graph.add_edge("Oslo", "Bergen", length=463)
    graph.add_edge("Bergen", "Trondheim", length=681.25)
    return graph


if __name__ == "__main__":
    found = {"networkx": nx.__version__, "k": K, "weights": golden()}
    text = json.dumps(found, separators=(",", ":"))
    (HERE / "networkx_paths.json").write_text(text + "\n")
    nx.write_graphml(sample(), HERE / "networkx_sample.graphml")
