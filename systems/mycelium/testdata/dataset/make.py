"""Makes the files beside it by other hands than ours, and prints what NumPy draws for two rows.

    pip install numpy pandas pyarrow
    python make.py
"""

from pathlib import Path

import numpy as np
import pandas as pd

here = Path(__file__).parent
frame = pd.DataFrame(
    {
        "number": np.array([1, -2, 2**63 - 1], dtype=np.int64),
        "real": np.array([0.1, -1e300, 5e-324]),
        "truth": np.array([True, False, True]),
        "words": ["a,b", '"q"', "naïve €"],
    }
)
frame.to_csv(here / "table.csv", index=False)
arrays = {name: frame[name].to_numpy().astype("<U7") if name == "words"
          else frame[name].to_numpy() for name in frame}
np.savez(here / "table.npz", **arrays)
np.savez_compressed(here / "deflated.npz", **arrays)
# Required columns, without the marks of what is missing that pandas writes.
import pyarrow as pa
import pyarrow.parquet as pq

kinds = {"number": pa.int64(), "real": pa.float64(), "truth": pa.bool_(), "words": pa.string()}
schema = pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])
table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
pq.write_table(table, here / "table.parquet", compression="zstd")
# As pandas does it by itself, where each value may be missing; a count that is cannot be read.
missing = frame.assign(real=[np.nan, -1e300, 5e-324])
missing.to_parquet(here / "optional.parquet", compression="zstd")
missing = pd.DataFrame({"number": pd.array([1, None, 2**63 - 1], dtype="Int64")})
missing.to_parquet(here / "missing.parquet", compression="zstd")

# As pandas does it where nothing is said of compression.
frame.to_parquet(here / "snappy.parquet")
# With checksums, and several pages and groups of rows.
many = pd.concat([frame] * 1000, ignore_index=True)
pq.write_table(pa.Table.from_pandas(many, preserve_index=False), here / "checked.parquet",
               compression="snappy", write_page_checksum=True, row_group_size=2000,
               data_page_size=1024, use_dictionary=False)
# A million zeros in 8 kB, of which the archive says that they take 208 bytes.
np.savez_compressed(here / "bomb.npz", real=np.zeros(1_000_000))
bomb = (here / "bomb.npz").read_bytes()
(here / "bomb.npz").write_bytes(bomb.replace((8_000_128).to_bytes(4, "little"),
                                             (208).to_bytes(4, "little")))
# One text of a thousand letters in a hundred thousand rows: 13 kB, and 100 MB where it is read.
pq.write_table(pa.table({"words": ["x" * 1000] * 100_000}), here / "bomb.parquet")

rng = np.random.default_rng(42)
for _ in range(2):
    grid = rng.choice([32, 64])
    steps = rng.integers(50, 201)
    alpha = rng.uniform(0.1, 0.2)
    turing = rng.choice([True, False])
    spike = rng.uniform(0.15, 0.35)
    theta = rng.uniform(0.65, 0.85)
    print(grid, steps, turing, repr(float(alpha)), repr(float(spike)), repr(float(theta)))
