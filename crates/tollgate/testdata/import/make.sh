#!/usr/bin/env bash
# Produces the real samples beside this script, each with the tool that writes the format.
#
#   ./make.sh TOOL...        one or more of the function names below; without arguments, all
#
# The tools are found on PATH; README.md names the versions and where they come from. Programs to be
# measured are built in BUILD (default: a fresh temporary directory). Loads go to server.py only.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
sources=$here/sources
build=${BUILD:-$(mktemp -d)}
port=${PORT:-8080}
base=http://127.0.0.1:$port

server=
with_server() {
    [ -n "$server" ] && return
    python3 "$here/server.py" "$port" &
    server=$!
    trap 'kill $server' EXIT
    until curl -sf "$base/fast" >/dev/null; do sleep 0.1; done
}

into() { # enters the folder of one tool
    mkdir -p "$here/$1"
    cd "$here/$1"
}

hyperfine_() {
    into hyperfine
    local version
    version=$(hyperfine --version | cut -d' ' -f2)
    hyperfine -N --warmup 1 --runs 6 --parameter-list delay 0.002,0.01 \
        --export-json "parameters-$version.json" 'sleep {delay}'
    hyperfine -N --runs 1 --command-name 'one nap' --export-json "single-$version.json" 'sleep 0.01'
    hyperfine -N --ignore-failure --runs 3 --export-json "failing-$version.json" \
        "sh -c 'sleep 0.002; exit 3'" "sh -c 'kill -9 \$\$'" true
    if [ "${version%%.*}" = 1 ]; then
        # Through a shell, whose start is subtracted: some times become 0.
        hyperfine --runs 4 --export-json "shell-$version.json" true
    fi
}

criterion() {
    mkdir -p "$build/criterion/benches" "$build/criterion/src" && : >"$build/criterion/src/lib.rs"
    cp "$sources/criterion.rs" "$build/criterion/benches/demo.rs"
    cat >"$build/criterion/Cargo.toml" <<'TOML'
[package]
name = "demo"
version = "0.1.0"
edition = "2021"
[dev-dependencies]
criterion = { version = "0.8", default-features = false, features = ["cargo_bench_support"] }
[[bench]]
name = "demo"
harness = false
[workspace]
TOML
    (cd "$build/criterion" && CRITERION_HOME=$build/criterion/out cargo bench --bench demo -- --noplot)
    into criterion
    rm -rf -- */
    (cd "$build/criterion/out" && find . -path '*/new/*' ! -name tukey.json -name '*.json' -print0 |
        tar -c --null -T -) | tar -x
}

cargo_criterion() {
    [ -d "$build/criterion" ] || criterion
    into cargo-criterion
    # Twice: the second run carries a "change".
    (cd "$build/criterion" && cargo criterion --plotting-backend disabled --message-format=json) >first.jsonl
    (cd "$build/criterion" && cargo criterion --plotting-backend disabled --message-format=json) >second.jsonl
}

divan() {
    mkdir -p "$build/divan/benches" "$build/divan/src" && : >"$build/divan/src/lib.rs"
    cp "$sources/divan.rs" "$build/divan/benches/demo.rs"
    cat >"$build/divan/Cargo.toml" <<'TOML'
[package]
name = "demo"
version = "0.1.0"
edition = "2021"
[features]
allocations = []
[dev-dependencies]
divan = "0.1.21"
[[bench]]
name = "demo"
harness = false
[workspace]
TOML
    into divan
    (cd "$build/divan" && cargo bench --bench demo) >table.txt
    (cd "$build/divan" && cargo bench --bench demo --features allocations) >allocations.txt
    (cd "$build/divan" && cargo bench --bench demo -- --threads 1,2 sum) >threads.txt
}

pytest_benchmark() {
    rm -rf "$build/pytest" && mkdir -p "$build/pytest"
    cp "$sources/test_bench.py" "$build/pytest/"
    into pytest-benchmark
    (
        cd "$build/pytest"
        git init -q -b main . && git add . &&
            git -c user.name=demo -c user.email=demo@example.org commit -q -m 'Measure'
        # test_broken fails, hence `|| true`.
        pytest -q -p no:cacheprovider --benchmark-max-time=0.05 --benchmark-json="$build/pytest/with-data.json" || true
        pytest -q -p no:cacheprovider --benchmark-max-time=0.05 --benchmark-save=summary || true
    )
    cp "$build/pytest/with-data.json" with-data.json
    cp "$build"/pytest/.benchmarks/*/0001_summary.json without-data.json
}

go_() {
    rm -rf "$build/go" && mkdir -p "$build/go"
    cp "$sources/bench_test.go" "$build/go/"
    export GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=mod GOCACHE=$build/go-cache
    into go
    (
        cd "$build/go"
        printf 'module example.org/demo\n\ngo 1.21\n' >go.mod
        go test -run '^$' -bench . -count=6 -benchmem -benchtime=20ms . >"$here/go/count6.txt"
        go test -run '^$' -bench 'Sort|UTF8' -cpu 1,2 -benchtime=5ms . >"$here/go/cpu.txt"
        SAMPLE=trouble go test -run '^$' -bench 'Nothing|Logging|Broken|Join' -benchtime=5ms . >"$here/go/trouble.txt" || true
        go test -run '^$' -bench 'Sort|Join' -count=2 -benchtime=5ms -json . >"$here/go/json.jsonl"
    )
}

google_benchmark() {
    into google-benchmark
    (
        cd "$build"
        g++ -O2 -o demo "$sources/gbench.cpp" -lbenchmark_main -lbenchmark -lpthread
        g++ -O2 -o odd "$sources/gbench-odd.cpp" -lbenchmark_main -lbenchmark -lpthread
        ./demo --benchmark_repetitions=4 --benchmark_min_time=0.01 \
            --benchmark_out="$here/google-benchmark/repetitions.json" --benchmark_out_format=json
        ./demo --benchmark_repetitions=4 --benchmark_min_time=0.01 --benchmark_report_aggregates_only=true \
            --benchmark_out="$here/google-benchmark/aggregates-only.json"
        ./odd --benchmark_min_time=0.01 --benchmark_out="$here/google-benchmark/odd.json"
    )
}

locust_() {
    with_server
    into locust
    local common=(--headless --locustfile "$sources/locustfile.py" --host "$base" --users 6 --spawn-rate 3)
    locust "${common[@]}" --run-time 12s --csv mixed
    # Exits with 1 because requests failed.
    SAMPLE=failures locust "${common[@]}" --run-time 12s --csv failures --csv-full-history --json-file failures || true
    sed -i -E 's|File ""/[^"]*/|File ""|' failures_exceptions.csv # the folders of this machine
    SAMPLE=idle locust "${common[@]}" --run-time 3s --stop-timeout 0 --csv idle --json-file idle || true
}

oha_() {
    with_server
    into oha
    oha --no-tui --output-format json -n 200 -c 4 "$base/mixed" >mixed.json
    oha --no-tui --output-format json -z 2s -q 50 --latency-correction -c 4 "$base/flaky" >flaky.json
    oha --no-tui --output-format json -n 12 -c 2 "http://127.0.0.1:1/" >refused.json || true
    oha --no-tui --output-format json -n 4 -c 2 -t 1s "$base/hang" >timeout.json || true
    oha --no-tui --output-format csv -n 60 -c 4 "$base/mixed" >mixed.csv
}

wrk_() {
    with_server
    into wrk
    wrk -t1 -c4 -d3s --latency "$base/mixed" >latency.txt
    wrk -t2 -c4 -d2s "$base/fast" >plain.txt
    wrk -t1 -c4 -d2s --latency "$base/flaky" >non-2xx.txt
    wrk -t1 -c2 -d3s --timeout 1s --latency "$base/hang" >no-answer.txt
    wrk -t1 -c2 -d4s --timeout 1s --latency "$base/late" >timeout.txt
}

hey_() {
    with_server
    into hey
    hey -n 120 -c 4 -o csv "$base/mixed" >mixed.csv
    hey -n 40 -c 4 -o csv "$base/flaky" >flaky.csv
    hey -n 8 -c 2 -o csv "http://127.0.0.1:1/" >refused.csv
}

ab_() {
    with_server
    into ab
    ab -k -n 200 -c 4 -e percentiles.csv -g requests.tsv "$base/mixed" >mixed.txt
    ab -k -n 100 -c 4 "$base/flaky" >flaky.txt
}

autocannon_() {
    with_server
    into autocannon
    autocannon --json --duration 3 --connections 4 "$base/mixed" >mixed.json
    autocannon --json --amount 50 --connections 2 "$base/flaky" >flaky.json
    autocannon --json --duration 2 --timeout 1 --connections 2 "$base/hang" >hang.json
}

k6_() {
    with_server
    into k6
    export K6_NO_USAGE_REPORT=true K6_WEB_DASHBOARD=false
    # Exit code 99: a threshold is missed on purpose.
    k6 run --quiet -e BASE="$base" -e SUMMARY=handle-summary.json "$sources/k6.js" || [ $? = 99 ]
    k6 run --quiet -e BASE="$base" --summary-export summary-export.json "$sources/k6.js" || [ $? = 99 ]
    k6 run --quiet -e BASE="$base" -e THRESHOLDS=none --summary-export summary-export-plain.json "$sources/k6.js"
    k6 run --quiet -e BASE="$base" --out json=points.jsonl --out csv=points.csv "$sources/k6-points.js"
}

if [ $# = 0 ]; then
    set -- hyperfine_ criterion cargo_criterion divan pytest_benchmark go_ google_benchmark \
        locust_ oha_ wrk_ hey_ ab_ autocannon_ k6_
fi
for tool in "$@"; do
    ("$tool")
done
