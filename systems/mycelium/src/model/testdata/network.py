"""Writes network.json: outputs, derivatives and steps of Adam of a small network.

    python3 network.py

Plain Python, no library. Derivatives come from complex arithmetic: the imaginary part of a loss
whose parameter was moved by a tiny imaginary step, so no rule of differentiation is written down
here. Running it again gives the same bytes.
"""

import cmath
import json
import math
import pathlib

STEP = 1e-30


def shapes(inputs, hidden):
    half = hidden // 2
    widths = [(inputs, hidden)] + [(hidden, hidden)] * 5 + [(hidden, half), (half, 1)]
    return widths


def parameters(inputs, hidden):
    count = sum((a + 1) * b for a, b in shapes(inputs, hidden))
    return [0.9 * math.sin(0.7 * i * i + 1.3 * i) for i in range(count)]


def split(values, inputs, hidden):
    layers, at = [], 0
    for a, b in shapes(inputs, hidden):
        weights = [values[at + i * b : at + (i + 1) * b] for i in range(a)]
        layers.append((weights, values[at + a * b : at + (a + 1) * b]))
        at += (a + 1) * b
    return layers


def linear(layer, row):
    weights, bias = layer
    return [
        bias[j] + sum(value * weights[i][j] for i, value in enumerate(row))
        for j in range(len(bias))
    ]


def relu(row):
    return [value if value.real > 0 else 0 * value for value in row]


def attention(queries, keys, values, heads, kept):
    hidden = len(queries[0])
    width = hidden // heads
    rows = [[0j] * hidden for _ in queries]
    for head in range(heads):
        columns = range(head * width, (head + 1) * width)
        for place, query in enumerate(queries):
            scores = [sum(query[c] * key[c] for c in columns) / math.sqrt(width) for key in keys]
            best = sorted(range(len(keys)), key=lambda at: (-scores[at].real, at))[:kept]
            shares = {at: cmath.exp(scores[at] - scores[best[0]].real) for at in best}
            total = sum(shares.values())
            for c in columns:
                rows[place][c] = sum(shares[at] / total * values[at][c] for at in best)
    return rows


def forward(values, batch, case):
    layers = split(values, case["inputs"], case["hidden"])
    embed, query, key, value, mixed, first, second, last = layers
    outputs = []
    for sequence in batch:
        rows = [linear(embed, row) for row in sequence]
        projected = [[linear(layer, row) for row in rows] for layer in (query, key, value)]
        context = attention(*projected, case["heads"], case["kept"])
        out = [linear(mixed, row) for row in context]
        mean = [sum(column) / len(out) for column in zip(*out)]
        hidden = relu(linear(second, relu(linear(first, mean))))
        outputs.append(linear(last, hidden)[0])
    return outputs


def loss(values, batch, targets, case):
    outputs = forward(values, batch, case)
    return sum((o - t) ** 2 for o, t in zip(outputs, targets)) / len(targets)


def gradients(values, batch, targets, case):
    found = []
    for index in range(len(values)):
        moved = list(values)
        moved[index] = values[index] + 1j * STEP
        found.append(loss(moved, batch, targets, case).imag / STEP)
    return found


def adam(values, batch, targets, case, steps):
    means, squares, losses = [0.0] * len(values), [0.0] * len(values), []
    for step in range(1, steps + 1):
        losses.append(complex(loss(values, batch, targets, case)).real)
        found = gradients(values, batch, targets, case)
        for i, g in enumerate(found):
            means[i] = 0.9 * means[i] + 0.1 * g
            squares[i] = 0.999 * squares[i] + 0.001 * g * g
            mean = means[i] / (1 - 0.9**step)
            square = squares[i] / (1 - 0.999**step)
            values[i] -= 0.01 * mean / (math.sqrt(square) + 1e-8)
    return losses, values


def work(case):
    count = case["size"] * case["sequence"] * case["inputs"]
    flat = [math.cos(0.9 * i * i + 0.4 * i) for i in range(count)]
    rows = [flat[i : i + case["inputs"]] for i in range(0, count, case["inputs"])]
    length = case["sequence"]
    batch = [rows[i : i + length] for i in range(0, len(rows), length)]
    targets = [math.sin(2.0 * i) for i in range(case["size"])]
    values = parameters(case["inputs"], case["hidden"])
    outputs = [complex(output).real for output in forward(values, batch, case)]
    found = gradients(values, batch, targets, case)
    losses, after = adam(list(values), batch, targets, case, 4)
    return case | {
        "parameters": values,
        "values": flat,
        "targets": targets,
        "outputs": outputs,
        "gradients": found,
        "losses": losses,
        "after": after,
    }


CASES = [
    {"inputs": 3, "hidden": 8, "heads": 1, "kept": 4, "size": 5, "sequence": 1},
    {"inputs": 3, "hidden": 6, "heads": 1, "kept": 4, "size": 3, "sequence": 7},
    {"inputs": 2, "hidden": 6, "heads": 3, "kept": 2, "size": 2, "sequence": 5},
]

if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("network.json")
    path.write_text(json.dumps([work(case) for case in CASES], indent=1) + "\n")
