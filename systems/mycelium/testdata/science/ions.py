"""Potentials of ions in mV, in decimal arithmetic: python3 ions.py"""

from decimal import Decimal, getcontext

getcontext().prec = 50
GAS, FARADAY = Decimal("8.314"), Decimal("96485.33212")

for name, valence, outside, inside, kelvin in [
    ("K+", 1, "5e-3", "140e-3", "310"),
    ("Na+", 1, "145e-3", "12e-3", "310"),
    ("Cl-", -1, "120e-3", "4e-3", "310"),
    ("Ca2+", 2, "2e-3", "1e-7", "310"),
    ("K+ squid", 1, "20e-3", "400e-3", "291.65"),
    ("Na+ squid", 1, "440e-3", "50e-3", "291.65"),
    ("Cl- squid", -1, "560e-3", "52e-3", "291.65"),
]:
    slope = 1000 * GAS * Decimal(kelvin) / (valence * FARADAY)
    print(name, f"{slope * (Decimal(outside) / Decimal(inside)).ln():.17}")
