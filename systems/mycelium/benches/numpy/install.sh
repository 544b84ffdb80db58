#!/bin/sh
# Installs the NumPy that the side-by-side measurement runs, once, under the build folder.
set -eu
cd "$(dirname "$0")/../../../.."
[ -x target/mycelium-numpy/bin/python ] || python3 -m venv target/mycelium-numpy
target/mycelium-numpy/bin/python -c 'import numpy' 2>/dev/null ||
    target/mycelium-numpy/bin/pip install --quiet --disable-pip-version-check 'numpy==2.4.6'
