#!/usr/bin/env bash
# Installs catalogsync, at the very commit that the action was named by, into an environment of its own.
# Sets the outputs venv (its folder) and artifact (what the saved plan is called).
set -euo pipefail

case $INPUT_COMMAND in
plan | apply) ;;
*)
    echo "::error title=catalogsync::command is \`$INPUT_COMMAND\`; write plan or apply"
    exit 64
    ;;
esac

venv=$RUNNER_TEMP/catalogsync/venv
if [ ! -x "$venv/bin/catalogsync" ]; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --constraint "$GITHUB_ACTION_PATH/constraints.txt" "$GITHUB_ACTION_PATH"
fi
"$venv/bin/catalogsync" --version

artifact=${INPUT_ARTIFACT:-catalogsync-plan${INPUT_ENVIRONMENT:+-$INPUT_ENVIRONMENT}}
if [[ ! $artifact =~ ^[A-Za-z0-9._-]+$ ]]; then
    echo "::error title=catalogsync::the artifact's name may hold letters, digits, dot, hyphen and underscore; set the input artifact"
    exit 64
fi
{
    echo "venv=$venv"
    echo "artifact=$artifact"
} >>"$GITHUB_OUTPUT"
