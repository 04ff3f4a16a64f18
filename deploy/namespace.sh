#!/bin/sh
# Makes the namespace, sets how long it keeps closed releases, and adds their search attributes; safe to run again.
# temporal takes the server's address from TEMPORAL_ADDRESS.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${RETENTION:?how long closed releases are kept, as in 2160h}"

# It is not asked first whether the namespace is there: the server remembers for a second that it was not.
set -- --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
temporal operator namespace create "$@" 2>/dev/null || temporal operator namespace update "$@"

for name in SlipwayPackage SlipwayVersion SlipwayStep SlipwayStatus SlipwayWaitingFor; do
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword
done
