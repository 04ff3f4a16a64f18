# The worker: Node, Python and git, and the Python tools at their locked versions.
FROM node:20.20.2-bookworm-slim AS base
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git openssh-client python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/slipway
ENV NODE_ENV=production SLIPWAY_CACHE=/opt/slipway/cache

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev
COPY tools tools
RUN node tools/python.mjs
COPY tsconfig.json ./
COPY acceptance acceptance
COPY bin bin
COPY rehearsal rehearsal
COPY src src
# Without the sources it is no checkout, which would be compared with its build at every start.
RUN node tools/build.mjs && rm -r acceptance rehearsal src

FROM base
# A new volume takes its owner from here.
RUN install --directory --owner=node --group=node /srv
COPY --from=build /opt/slipway .
USER node
CMD ["node", "bin/slipway.js", "worker", "--settings", "/etc/slipway/slipway.toml"]
