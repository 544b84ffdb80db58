#include <benchmark/benchmark.h>

#include <cmath>
#include <limits>

static void Ratio(benchmark::State& state) {
  double x = 1.5;
  for (auto _ : state) benchmark::DoNotOptimize(x *= 1.0000001);
  state.counters["hit ratio"] = std::nan("");
  state.counters["speed-up"] = std::numeric_limits<double>::infinity();
}
BENCHMARK(Ratio);

static void Grow(benchmark::State& state) {
  for (auto _ : state) {
    double sum = 0;
    for (int64_t i = 0; i < state.range(0); ++i) benchmark::DoNotOptimize(sum += static_cast<double>(i));
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(Grow)->RangeMultiplier(4)->Range(64, 1024)->Unit(benchmark::kMicrosecond)->Complexity(benchmark::oN);
