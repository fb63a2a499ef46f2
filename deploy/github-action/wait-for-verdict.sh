#!/usr/bin/env bash
# Asks until the rollout of a version is over. 0: promoted. 1: not, or nobody could be asked. 3: still running at the end of the time.
set -euo pipefail

: "${GAUNTLET_URL:?where the server listens}" "${GAUNTLET_TOKEN:?a token of the role viewer}" "${MODEL:?}" "${CHALLENGER:?}"
deadline=$((SECONDS + ${MINUTES:-60} * 60))
encode() { jq -rn --arg text "$1" '$text | @uri'; }
url="$GAUNTLET_URL/v1/models/$(encode "$MODEL")/verdict?challenger=$(encode "$CHALLENGER")"
told=""

while :; do
  # A server that is away for a while decides nothing; one that refuses is asked no second time.
  answer=$(curl --silent --show-error --max-time 20 --retry 5 --retry-connrefused --write-out '\n%{http_code}' --header @<(printf 'Authorization: Bearer %s\n' "$GAUNTLET_TOKEN") "$url")
  status=${answer##*$'\n'}
  body=${answer%$'\n'*}
  if [ "$status" != 200 ]; then
    echo "Gauntlet answered $status: $(jq -r '.detail // .' <<<"$body")" >&2
    exit 1
  fi
  outcome=$(jq -r .outcome <<<"$body")
  line=$(jq -r '"\(.model) version \(.challenger): \(.outcome), \(.verdict // "nothing decided yet") \(.sentence // "")"' <<<"$body")
  [ "$line" = "$told" ] || echo "$line"
  told=$line
  if [ "$outcome" != running ] || ((SECONDS >= deadline)); then break; fi
  sleep "${POLL_SECONDS:-15}"
done

[ -z "${GITHUB_OUTPUT:-}" ] || echo "outcome=$outcome" >>"$GITHUB_OUTPUT"
case $outcome in
  promoted) exit 0 ;;
  running) exit 3 ;;
  *) exit 1 ;;
esac
