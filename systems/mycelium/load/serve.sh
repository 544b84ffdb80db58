#!/bin/sh
# Starts the service for a load test on the port given, without a limit on rates, and with the key
# in MFN_LOADTEST_API_KEY required if there is one. More jobs may wait than usual, because those of
# a load take milliseconds. What follows the port goes to `mycelium serve`.
set -eu
cd "$(dirname "$0")/../../.."
port=$1
shift
export MFN_RATE_LIMIT_ENABLED=false
if [ -n "${MFN_LOADTEST_API_KEY:-}" ]; then
    export MFN_API_KEY="$MFN_LOADTEST_API_KEY" MFN_API_KEY_REQUIRED=true
fi
exec target/release/mycelium serve --host 127.0.0.1 --port "$port" --log-level warn \
    --queue-per-thread 64 "$@"
