#!/bin/sh
# Makes the namespace, sets how long it keeps closed releases, and adds their search attributes; safe to run again.
# It ends when a release can be started.
# temporal takes the server's address from TEMPORAL_ADDRESS.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${RETENTION:?how long closed releases are kept, as in 2160h}"

# It is not asked first whether the namespace is there: the server remembers for a second that it was not.
set -- --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
temporal operator namespace create "$@" 2>/dev/null || temporal operator namespace update "$@"

query=
for name in SlipwayPackage SlipwayVersion SlipwayStep SlipwayStatus SlipwayWaitingFor; do
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword
  query="${query:+$query and }$name is null"
done

# The server goes by a copy of the namespace that it renews every few seconds: until then it refuses every release.
left=60
until said=$(temporal workflow count --namespace "$TEMPORAL_NAMESPACE" --query "$query" 2>&1); do
  left=$((left - 1))
  if [ "$left" -eq 0 ]; then
    echo "after a minute the server does not know the search attributes yet: $said" >&2
    exit 1
  fi
  sleep 1
done
