#!/usr/bin/env python3
"""Writes journal.bin, records that src/journal/tests.rs expects: `python3 journal.py > journal.bin`."""
import struct, sys, zlib

def record(generation, wall_ms, text):
    lines = text.encode()
    tail = struct.pack("<IIQq", len(lines), zlib.crc32(lines), generation, wall_ms)
    return b"wrj1" + struct.pack("<I", zlib.crc32(tail)) + tail + lines

two = '{"event":"warm_start","device":"leaf-1"}\n{"event":"recovery","device":"l\u00e4uft","times":3}'
for generation, text in [(1, two), (2**64 - 1, ""), (7, "\n")]:
    sys.stdout.buffer.write(record(generation, 1_700_000_000_000, text))
