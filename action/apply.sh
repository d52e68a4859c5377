#!/usr/bin/env bash
# Carries out the saved plan that find_plan.py found; plans nothing.
# Sets the outputs exit-code, folder (the report and the journal) and comment. Ends with 0: finish.sh fails the job when all was told.
set -euo pipefail
# shellcheck source=action/common.sh
. "$GITHUB_ACTION_PATH/action/common.sh"

folder=$RUNNER_TEMP/catalogsync/applied
beside=$RUNNER_TEMP/catalogsync/beside
rm -rf "$folder" "$beside"
mkdir -p "$folder" "$beside"
read_target
split_lines "$INPUT_PATH"
where=${words[0]}
[ -d "$where" ] || where=$(dirname -- "$where")

# From the catalog's folder, so that its catalogsync.yaml is the one that names the environment.
apply() (
    cd -- "$where"
    "$VENV/bin/catalogsync" apply "$PLAN" "${target[@]+"${target[@]}"}" --yes --journal "$folder" \
        --format "json=$folder/report.json" --format "markdown=$beside/applied.md" --format text >"$beside/applied.txt" 2>"$beside/applied.err"
)

try apply
shown "$beside/applied.err" "$beside/applied.txt"
if [ "$code" -eq 0 ]; then
    cp "$beside/applied.md" "$beside/comment.md"
else
    as_code "Not applied whole (exit $code)" "$beside/applied.err" >"$beside/comment.md"
    if [ -f "$beside/applied.md" ]; then
        cat "$beside/applied.md" >>"$beside/comment.md"
    fi
fi
cat "$beside/comment.md" >>"$GITHUB_STEP_SUMMARY"
{
    echo "exit-code=$code"
    echo "folder=$folder"
    echo "comment=$beside/comment.md"
} >>"$GITHUB_OUTPUT"
