"""Prints `src/random/ziggurat/table.rs`: the 256 layers of NumPy's ziggurat.

    python3 ziggurat.py > ../../src/random/ziggurat/table.rs

Layers are those of Marsaglia and Tsang (2000): all have one area, and the lowest, which holds the
tail, ends at R. NumPy's tables were computed in double precision, and so are these, so that they
have the same errors in their last bits; tests compare what is drawn with them.
"""

import math

LAYERS = 256
WHOLE = 2.0 ** 52
R = 3.654152885361009
AREA = 0.0049286732339746519


def bell(x):
    return math.exp(-0.5 * x * x)


edges = [0.0] * LAYERS
heights = [1.0] * LAYERS
edges[255], heights[255] = R, bell(R)
edges[0] = AREA / heights[255]
for layer in range(254, 0, -1):
    edges[layer] = math.sqrt(-2 * math.log(AREA / edges[layer + 1] + heights[layer + 1]))
    heights[layer] = bell(edges[layer])
    if layer == 38:
        # This one lies in the middle of two doubles, within a part in 500 of their distance. The
        # other is NumPy's.
        heights[layer] = float.fromhex("0x1.5ad29acc85c89p-1")
widths = [edge / WHOLE for edge in edges]
inner = [round(R / edges[0] * WHOLE), 0]
inner += [round(edges[layer - 1] / edges[layer] * WHOLE) for layer in range(2, LAYERS)]


def table(name, kind, comment, numbers, a_line):
    print(f"\n/// {comment}")
    print("#[rustfmt::skip]")
    print(f"pub(super) static {name}: [{kind}; {LAYERS}] = [")
    for start in range(0, LAYERS, a_line):
        print("    " + " ".join(f"{number}," for number in numbers[start:start + a_line]))
    print("];")


print("//! The layers of the ziggurat, written by `testdata/random/ziggurat.py`.")
table("WIDTHS", "f64", "A layer's width, divided by 2^52.", [repr(x) for x in widths], 4)
table("HEIGHTS", "f64", "The bell at a layer's edge.", [repr(x) for x in heights], 4)
table("INNER", "u64", "Distances, of 2^52, that lie under the bell for certain.",
      [f"0x{x:013x}" for x in inner], 5)
