#!/bin/sh
# The main job on an embedded OpenMeter, in ./demo: validate, plan, apply, plan again (nothing to do), export.
set -eu
BIN=${BIN:-.venv/bin}
export PAGER=cat # on a terminal the demo is to end by itself
rm -rf demo
mkdir demo

say() {
    printf '\n$ catalogsync %s\n' "$*"
    "$BIN/catalogsync" "$@"
}

say validate examples/catalog
say plan examples/catalog --url sandbox:demo/openmeter.db --out demo/plan.json
say apply demo/plan.json --yes
say plan examples/catalog --url sandbox:demo/openmeter.db
say export --url sandbox:demo/openmeter.db --out demo/exported
say plan demo/exported --url sandbox:demo/openmeter.db
