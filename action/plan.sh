#!/usr/bin/env bash
# Checks the files and plans. What a reviewer needs goes to a folder: plan.json, plan.html, source.json (what it was made from).
# Sets the outputs exit-code, saved, changes, folder, plan, sarif, comment. Ends with 0: finish.sh fails the job when all was told.
set -euo pipefail
# shellcheck source=action/common.sh
. "$GITHUB_ACTION_PATH/action/common.sh"

catalogsync=$VENV/bin/catalogsync
folder=$RUNNER_TEMP/catalogsync/plan
beside=$RUNNER_TEMP/catalogsync/beside
rm -rf "$folder" "$beside"
mkdir -p "$folder" "$beside"

split_lines "$INPUT_PATH"
paths=("${words[@]}")
split_lines "${INPUT_OPTIONS:-}"
options=("${words[@]+"${words[@]}"}")
read_target

validate() {
    "$catalogsync" validate ${INPUT_ENVIRONMENT:+--env "$INPUT_ENVIRONMENT"} \
        --format "sarif=$beside/findings.sarif" --format text -- "${paths[@]}" >"$beside/findings.txt"
}

plan() {
    "$catalogsync" plan "${target[@]+"${target[@]}"}" "${options[@]+"${options[@]}"}" --exit-code --out "$folder/plan.json" \
        --format "markdown=$beside/plan.md" --format "html=$folder/plan.html" --format text \
        -- "${paths[@]}" >"$beside/plan.txt" 2>"$beside/plan.err"
}

try validate
shown "$beside/findings.txt"
if [ "$code" -eq 0 ]; then
    try plan
    shown "$beside/plan.txt" "$beside/plan.err"
    if [ -f "$beside/plan.md" ]; then
        cp "$beside/plan.md" "$beside/comment.md"
        if [ "$code" -ne 0 ] && [ "$code" -ne 2 ]; then
            as_code "This plan is not applied (exit $code)" "$beside/plan.err" | cat - "$beside/plan.md" >"$beside/comment.md"
        fi
    else
        as_code "No plan (exit $code)" "$beside/plan.err" >"$beside/comment.md"
    fi
else
    as_code "No plan: the catalog is not valid" "$beside/findings.txt" >"$beside/comment.md"
fi
cat "$beside/comment.md" >>"$GITHUB_STEP_SUMMARY"

saved=false
if { [ "$code" -eq 0 ] || [ "$code" -eq 2 ]; } && [ -f "$folder/plan.json" ]; then
    "$VENV/bin/python" "$GITHUB_ACTION_PATH/action/source.py" "$folder/source.json"
    saved=true
else
    rm -f "$folder/plan.json"
fi
{
    echo "exit-code=$code"
    echo "saved=$saved"
    echo "changes=$([ "$code" -eq 2 ] && echo true || echo false)"
    echo "folder=$folder"
    echo "plan=$([ "$saved" = true ] && echo "$folder/plan.json")"
    echo "sarif=$beside/findings.sarif"
    echo "comment=$beside/comment.md"
} >>"$GITHUB_OUTPUT"
