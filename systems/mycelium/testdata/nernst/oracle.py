"""Writes oracle.json: Nernst potentials in millivolts with thirty decimal digits behind them.

    python3 oracle.py

The logarithms are those of Python's decimal arithmetic, which shares no code with the package.
"""

import json
import pathlib
from decimal import Decimal, getcontext

getcontext().prec = 40
GAS, FARADAY = Decimal("8.314"), Decimal("96485.33212")

CASES = [
    ("K+", 1, "0.005", "0.140", "310"),
    ("Na+", 1, "0.145", "0.012", "310"),
    ("Cl-", -1, "0.120", "0.004", "310"),
    ("Ca2+", 2, "0.002", "0.0000001", "310"),
    ("Ca2+ no lower than 1e-6", 2, "0.002", "0.000001", "310"),
    ("K+ of a squid", 1, "0.020", "0.400", "291.65"),
    ("Na+ of a squid", 1, "0.440", "0.050", "291.65"),
    ("Cl- of a squid", -1, "0.560", "0.052", "291.65"),
    ("three positive charges", 3, "0.001", "0.5", "273"),
    ("three negative charges", -3, "0.001", "0.5", "373"),
    ("the largest quotient", 1, "1000000000000", "0.000000000001", "373"),
    ("nearly alike", -2, "0.1000001", "0.1", "300"),
]


def potential(valence, outside, inside, temperature):
    logarithm = (Decimal(outside) / Decimal(inside)).ln()
    return GAS * Decimal(temperature) / (valence * FARADAY) * logarithm * 1000


rows = [
    {
        "name": name,
        "valence": valence,
        "outside": float(outside),
        "inside": float(inside),
        "temperature": float(temperature),
        "millivolts": float(potential(valence, outside, inside, temperature)),
    }
    for name, valence, outside, inside, temperature in CASES
]
path = pathlib.Path(__file__).with_name("oracle.json")
path.write_text(json.dumps(rows, indent=1) + "\n")
