# shellcheck shell=bash
# What plan.sh and apply.sh share. Sourced.

# The lines of a text as words, empty ones left out, in the array `words`.
split_lines() {
    words=()
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line%$'\r'}
        [ -z "$line" ] || words+=("$line")
    done <<<"$1"
}

# Where the plan goes, in the array `target`.
read_target() {
    target=()
    [ -z "${INPUT_ENVIRONMENT:-}" ] || target+=(--env "$INPUT_ENVIRONMENT")
    [ -z "${INPUT_URL:-}" ] || target+=(--url "$INPUT_URL")
}

# A file as a block of code under a heading; no line of it ends the block. An empty file has the heading alone.
as_code() {
    printf '### %s\n\n' "$1"
    [ -s "$2" ] || return 0
    printf '~~~~~~~~~~~~~~~~text\n'
    head -c 50000 "$2" | awk '{ sub(/^ ? ? ?~/, "    ~"); print }'
    printf '~~~~~~~~~~~~~~~~\n'
    if [ "$(wc -c <"$2")" -gt 50000 ]; then
        printf '\nThe rest is in the log of the run.\n'
    fi
}

# Runs a command without ending on its failure, and says so: `code` is its exit code.
try() {
    code=0
    # shellcheck disable=SC2034
    "$@" || code=$?
}

# A GitHub workflow reads lines that begin with :: as commands; the text of a catalog may not give any.
shown() {
    local token
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$token"
    cat "$@"
    echo "::$token::"
}
