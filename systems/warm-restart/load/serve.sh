#!/bin/sh
# Starts the service for a load test on the port given, with nothing counted yet and the default
# rules; what it writes to its log goes nowhere.
set -eu
cd "$(dirname "$0")/../../.."
folder=target/warm-restart/load-$1
rm -rf "$folder"
mkdir -p "$folder"
printf 'listen = "127.0.0.1:%s"\nfolder = "%s/state"\n' "$1" "$folder" > "$folder/config.toml"
exec target/release/warm-restart serve --config "$folder/config.toml" 2> /dev/null
