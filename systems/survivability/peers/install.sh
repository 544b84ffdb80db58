#!/bin/sh
# Installs what the side-by-side measurement runs, once, under the build folder.
set -eu
cd "$(dirname "$0")/../../.."
[ -x target/peers/bin/python ] || python3 -m venv target/peers
target/peers/bin/python -c 'import flexnetsim' 2>/dev/null ||
    target/peers/bin/pip install --quiet --disable-pip-version-check 'flexnetsim==0.23'
