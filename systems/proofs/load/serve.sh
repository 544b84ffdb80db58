#!/bin/sh
# Starts the service for a load test on the port given: a fresh database, and users that it knows as
# the feeds do. What follows the port goes to `proofs serve`.
set -eu
cd "$(dirname "$0")/../../.."
port=$1
shift
mkdir -p target/proofs
rm -f "target/proofs/load-$port".db*
target/release/proofs generate --registry target/proofs/registry.json --count 0
exec target/release/proofs serve --port "$port" --database "target/proofs/load-$port.db" \
    --registry target/proofs/registry.json --rate-limit 0 --log-level warn "$@"
