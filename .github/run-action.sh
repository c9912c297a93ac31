#!/usr/bin/env bash
# The last step of action.yml: the inputs come as variables, never as text of this script.
set -euo pipefail
program=$RUNNER_TEMP/ccm-gitops/bin/ccm-gitops
report=$RUNNER_TEMP/ccm-gitops-report.json

arguments=(run --json)
[ -z "$CONFIG" ] || arguments+=(--config "$CONFIG")
[ "$DRY_RUN" != true ] || arguments+=(--dry-run)
[ "$FORCE" != true ] || arguments+=(--force)
read -ra tasks <<<"$TASKS"
for task in "${tasks[@]}"; do arguments+=(--task "$task"); done

code=0
"$program" "${arguments[@]}" >"$report" || code=$?
# A configuration that is wrong leaves no report.
[ -s "$report" ] || exit "$code"
"$RUNNER_TEMP/ccm-gitops/bin/python" - "$report" >>"$GITHUB_OUTPUT" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    executions = json.load(file)["executions"]
print(f"report={sys.argv[1]}")
print(f"executions={len(executions)}")
print(f"failed={sum(one['status'] == 'failed' for one in executions)}")
print(f"tokens-saved={sum(one['tokens_saved'] for one in executions)}")
PYTHON
exit "$code"
