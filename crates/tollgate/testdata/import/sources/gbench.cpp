#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

static void Sort(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    std::vector<int> data(size);
    for (size_t i = 0; i < size; ++i) data[i] = static_cast<int>((i * 7919) % size);
    std::sort(data.begin(), data.end());
    benchmark::DoNotOptimize(data.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * state.range(0) * static_cast<int64_t>(sizeof(int)));
  state.counters["depth"] = std::log2(static_cast<double>(size));
}
BENCHMARK(Sort)->Arg(64)->Arg(4096);

static void Sleep(benchmark::State& state) {
  for (auto _ : state) std::this_thread::sleep_for(std::chrono::milliseconds(2));
}
BENCHMARK(Sleep)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(5);

static void Broken(benchmark::State& state) {
  state.SkipWithError("could not open \"input\"");
  for (auto _ : state) {
  }
}
BENCHMARK(Broken);
