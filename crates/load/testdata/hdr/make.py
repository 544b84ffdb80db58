"""Writes table.hgrm beside this file with the Python package hdrhistogram, and reads log.hlog,
which the tests of `hdr.rs` write, back with it. Run it after changing either:

    pip install hdrhistogram
    python crates/load/testdata/hdr/make.py
"""

import math
import pathlib

from hdrh.histogram import HdrHistogram
from hdrh.iterators import PercentileIterator
from hdrh.log import HistogramLogReader

HERE = pathlib.Path(__file__).parent
MS = 1e6


def values(start, end):
    return [250_000 + i * i * 17 for i in range(start, end)]


def histogram(numbers):
    made = HdrHistogram(1, max(numbers), 3)
    for number in numbers:
        made.record_value(number)
    return made


class Whole(PercentileIterator):
    """The Python port goes through fractions of a halving; the original takes whole ones."""

    def increment_iteration_level(self):
        gap = 100.0 - self.percentile_to_iterate_to
        if gap:
            half = 2.0 ** (math.floor(math.log2(100.0 / gap)) + 1)
            ticks = self.percentile_ticks_per_half_distance * half
            self.percentile_to_iterate_to += 100.0 / ticks


def table(made):
    yield "%12s %14s %10s %14s\n\n" % ("Value", "Percentile", "TotalCount", "1/(1-Percentile)")
    for at in Whole(made, 5):
        value, share = at.value_iterated_to / MS, at.percentile_level_iterated_to / 100
        line = "%12.3f %2.12f %10d" % (value, share, at.total_count_to_this_value)
        yield line + (" %14.2f\n" % (1 / (1 - share)) if share != 1 else "\n")
    mean, deviation = made.get_mean_value() / MS, made.get_stddev() / MS
    yield "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n" % (mean, deviation)
    most, count = made.get_max_value() / MS, made.get_total_count()
    yield "#[Max     = %12.3f, Total count    = %12d]\n" % (most, count)
    sizes = made.bucket_count, made.sub_bucket_count
    yield "#[Buckets = %12d, SubBuckets     = %12d]\n" % sizes


def check_log():
    reader = HistogramLogReader(str(HERE / "log.hlog"), HdrHistogram(1, 10**9, 3))
    first, second = [(0, 400), (400, 700), (700, 1000)], [(0, 0), (1000, 1500)]
    expected = []
    for at in range(3):
        parts = [first[at]] + second[at : at + 1]
        expected.append((at, None, sum((values(*part) for part in parts), [])))
        expected.append((at, "GET_/a", values(*first[at])))
        if at < len(second):
            expected.append((at, "search__all", values(*second[at])))
    for at, tag, numbers in expected:
        read = reader.get_next_interval_histogram()
        assert read.get_start_time_stamp() == (1_700_000_000.25 + at) * 1000, at
        length = read.get_end_time_stamp() - read.get_start_time_stamp()
        assert length == (500 if at == 2 else 1000), length
        assert read.get_tag() == tag, (read.get_tag(), tag)
        assert read.get_total_count() == len(numbers), (at, tag)
        if numbers:
            for percentile in (0, 25, 50, 90, 99, 99.9, 100):
                same = histogram(numbers).get_value_at_percentile(percentile)
                assert read.get_value_at_percentile(percentile) == same, (at, tag, percentile)
    assert reader.get_next_interval_histogram() is None


(HERE / "table.hgrm").write_text("".join(table(histogram(values(0, 5000)))))
check_log()
