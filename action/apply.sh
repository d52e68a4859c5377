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
        --format "json=$folder/report.json" --format text >"$beside/applied.txt" 2>"$beside/applied.err"
)

try apply
shown "$beside/applied.err" "$beside/applied.txt"
case $code in
0) as_code "Applied to ${INPUT_ENVIRONMENT:-the server}" "$beside/applied.txt" >"$beside/comment.md" ;;
*) cat "$beside/applied.txt" "$beside/applied.err" >"$beside/both.txt"
    as_code "Not applied whole (exit $code)" "$beside/both.txt" >"$beside/comment.md" ;;
esac
cat "$beside/comment.md" >>"$GITHUB_STEP_SUMMARY"
{
    echo "exit-code=$code"
    echo "folder=$folder"
    echo "comment=$beside/comment.md"
} >>"$GITHUB_OUTPUT"
