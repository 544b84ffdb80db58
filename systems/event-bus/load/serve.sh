#!/bin/sh
# Starts the database service for a load test, with a fresh database: serve.sh BUS PORT OPTIONS...
set -eu
cd "$(dirname "$0")/../../.."
bus=$1 port=$2
shift 2
mkdir -p target/event-bus
rm -f "target/event-bus/load-$port".db*
exec target/release/event-bus serve --bus "$bus" --http "127.0.0.1:$port" \
    --store "target/event-bus/load-$port.db" --log-level warn "$@"
