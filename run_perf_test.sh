#!/bin/sh
# The load test of proofs under the variables that its requirements name, for people who come from
# them; everything is done by `tollgate check proofs-api`, whose exit codes it passes on.
#
# TARGET_HOST (a service of its own if not set), MAX_P99_LATENCY_MS, MAX_P95_LATENCY_MS,
# MAX_AVG_LATENCY_MS, MAX_FAIL_RATE, MIN_RPS, TEST_USERS, SPAWN_RATE, TEST_DURATION, TEST_SCENARIO,
# and ENVIRONMENT for other limits than those of production. Reports go to RESULTS_DIR.
set -eu
cd "$(dirname "$0")"

RESULTS_DIR=${RESULTS_DIR:-results/$(date +%Y%m%d_%H%M%S)}
TEST_SCENARIO=${TEST_SCENARIO:-normal}
export RESULTS_DIR TEST_SCENARIO
mkdir -p "$RESULTS_DIR"

exec cargo run --release --quiet -- check proofs-api \
    --env "${ENVIRONMENT:-production}" \
    --report "markdown=$RESULTS_DIR/performance_report.md" \
    --report "json=$RESULTS_DIR/performance_report.json" \
    "$@"
