import time

import pytest


@pytest.mark.parametrize("size", [10, 1000])
@pytest.mark.benchmark(group="sum")
def test_sum(benchmark, size):
    benchmark.extra_info["size"] = size
    benchmark.pedantic(sum, args=(range(size),), rounds=12, iterations=50, warmup_rounds=1)


def test_sleep(benchmark):
    benchmark.pedantic(time.sleep, args=(0.003,), rounds=8, iterations=1)


def test_once(benchmark):
    benchmark.pedantic(time.sleep, args=(0.002,), rounds=1, iterations=1)


def test_calibrated(benchmark):
    benchmark(time.sleep, 0.005)


def test_broken(benchmark):
    benchmark.pedantic(lambda: 1 / 0, rounds=3)
