#!/usr/bin/env bash
# Asks until the rollout of a version is over. 0: promoted. 1: not, or Gauntlet refuses to say. 3: at the end of the time it still runs, or nobody answers.
# It needs bash and curl, and nothing else.
set -euo pipefail

: "${GAUNTLET_URL:?where the server listens}" "${GAUNTLET_TOKEN:?a token of the role viewer}" "${MODEL:?}" "${CHALLENGER:?}"
deadline=$((SECONDS + ${MINUTES:-60} * 60))

# Byte by byte, so that every name can be asked about.
encode() {
  local LC_ALL=C text=$1 at byte
  for ((at = 0; at < ${#text}; at++)); do
    byte=${text:at:1}
    case $byte in
      [A-Za-z0-9._~-]) printf %s "$byte" ;;
      *) printf '%%%02X' $(($(printf %d "'$byte") & 255)) ;;
    esac
  done
}

# A quote inside a JSON string has a backslash before it, so that no text can pretend to be a member.
member() { sed -nE "s/.*\"$1\":\"(([^\"\\\\]|\\\\.)*)\".*/\\1/p" <<<"$body"; }

url="$GAUNTLET_URL/v1/models/$(encode "$MODEL")/verdict?challenger=$(encode "$CHALLENGER")"
told=""
while :; do
  outcome=""
  # curl's own code is no answer: a server that is away for a while decides nothing.
  answer=$(curl --silent --show-error --max-time 20 --write-out '\n%{http_code}' --header @<(printf 'Authorization: Bearer %s\n' "$GAUNTLET_TOKEN") "$url") || true
  status=${answer##*$'\n'}
  body=${answer%$'\n'*}
  case $status in
    200)
      outcome=$(member outcome)
      line="$MODEL version $CHALLENGER: $outcome. $(member sentence)"
      ;;
    000 | 408 | 429 | 5??) line="no answer from $GAUNTLET_URL ($status)" ;;
    *)
      echo "Gauntlet answered $status: $(member detail)" >&2
      exit 1
      ;;
  esac
  [ "$line" = "$told" ] || echo "$line"
  told=$line
  case $outcome in promoted | retained | rolled_back) break ;; esac
  if ((SECONDS >= deadline)); then break; fi
  sleep "${POLL_SECONDS:-15}"
done

[ -z "${GITHUB_OUTPUT:-}" ] || echo "outcome=${outcome:-unknown}" >>"$GITHUB_OUTPUT"
case $outcome in
  promoted) exit 0 ;;
  retained | rolled_back) exit 1 ;;
  *) exit 3 ;;
esac
