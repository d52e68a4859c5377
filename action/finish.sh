#!/usr/bin/env bash
# Fails the job with catalogsync's exit code; changes that are pending (2) are what a pull request is for.
set -euo pipefail

case ${EXIT_CODE:-1} in
0 | 2) exit 0 ;;
3) why="refused by a guard, or the server moved since the plan was made" ;;
4) why="incomplete: run the job again to resume" ;;
64) why="the action's inputs are wrong" ;;
*) why="failed" ;;
esac
echo "::error title=catalogsync::$why (exit ${EXIT_CODE:-1}); the summary of the run says more"
exit "${EXIT_CODE:-1}"
