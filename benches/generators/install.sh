#!/bin/sh
# Installs the load generators that no Debian package has, once, under the build folder. With
# `--oha` it builds oha as well, which takes minutes.
set -eu
cd "$(dirname "$0")/../.."
[ -x target/peers/bin/python ] || python3 -m venv target/peers
[ -x target/peers/bin/locust ] ||
    target/peers/bin/pip install --quiet --disable-pip-version-check 'locust==2.47.0'
if [ "${1:-}" = --oha ] && [ ! -x target/peers/bin/oha ]; then
    cargo install --quiet --locked --root target/peers --version 1.16.0 oha
fi
