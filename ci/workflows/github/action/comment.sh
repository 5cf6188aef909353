#!/usr/bin/env bash
# Puts the text of a file into one comment on the pull request that HEAD_SHA is the head of: changes the comment that begins with
# the same marker line, or makes one. Needs GH_TOKEN, GITHUB_REPOSITORY, HEAD_SHA, HEAD_OWNER, HEAD_BRANCH and the GitHub CLI.
set -euo pipefail

text="${1:?name the file with the comment}"
marker="$(head -n 1 "$text")"
if [[ ! "$marker" =~ ^'<!-- drydock:'[A-Za-z0-9._-]+' -->'$ ]]; then
  echo "$text does not begin with the marker of a Drydock comment" >&2
  exit 2
fi
if (($(wc -c <"$text") > 65000)); then
  echo "$text is longer than a comment may be" >&2
  exit 2
fi

# The number comes from GitHub by the commit, not from the report, which a pull request can write as it likes.
number="$(
  gh api "repos/$GITHUB_REPOSITORY/pulls?state=open&head=$HEAD_OWNER:$HEAD_BRANCH" \
    --jq ".[] | select(.head.sha == \"$HEAD_SHA\") | .number" | head -n 1
)"
if [[ -z "$number" ]]; then
  echo "no open pull request has $HEAD_SHA as its head any more" >&2
  exit 0
fi
known="$(
  gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" \
    --jq ".[] | select(.user.type == \"Bot\") | select(.body | startswith(\"$marker\")) | .id" | head -n 1
)"
if [[ -n "$known" ]]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" -F "body=@$text" >/dev/null
  echo "changed comment $known of #$number"
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$text" >/dev/null
  echo "commented on #$number"
fi
