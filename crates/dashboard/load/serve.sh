#!/bin/sh
# Starts the dashboard for a load test on the port given, over a history of a hundred judged runs
# that is made the first time. Its rules are the default ones.
set -eu
cd "$(dirname "$0")/../../.."
history=target/long-history/history.db
mkdir -p "$(dirname "$history")"
target/release/examples/long-history "$history" 100
exec target/release/tollgate serve --listen "127.0.0.1:$1" --history "$history" 2> /dev/null
