#!/usr/bin/env bash
# Downloads the newest snapshot that drydock-snapshot.yml made on the default branch to the file named. Fails when there is none, or
# when it is older than MAX_AGE_HOURS (default 72). Needs GH_TOKEN, GITHUB_REPOSITORY and the GitHub CLI.
set -euo pipefail

target="${1:?name the file to write}"
max_age_hours="${MAX_AGE_HOURS:-72}"
workflow=drydock-snapshot.yml

branch="$(gh api "repos/$GITHUB_REPOSITORY" --jq .default_branch)"
read -r run created < <(
  gh run list --repo "$GITHUB_REPOSITORY" --workflow "$workflow" --branch "$branch" --status success --limit 1 \
    --json databaseId,createdAt --jq '.[] | "\(.databaseId) \(.createdAt)"'
) || true
if [[ -z "${run:-}" ]]; then
  echo "no snapshot: $workflow has not succeeded on $branch yet; start it by hand once" >&2
  exit 3
fi
age_hours=$((($(date +%s) - $(date -d "$created" +%s)) / 3600))
if ((age_hours > max_age_hours)); then
  echo "the newest snapshot is $age_hours hours old, more than $max_age_hours; see the runs of $workflow" >&2
  exit 3
fi
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
gh run download "$run" --repo "$GITHUB_REPOSITORY" --name drydock-snapshot --dir "$folder"
mv "$folder"/* "$target"
echo "snapshot of $created ($age_hours hours old) from run $run"
