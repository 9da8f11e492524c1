# Images of CPEmon, one target a service and one for migrations:
#   docker build --target cpemon-api -t cpemon/cpemon-api:0.1.0 .
# All of them share every layer but the last. They hold Node.js, the libraries it links, and our code: no shell, no package
# manager. They run as user 10001 on a read-only root and take SIGTERM as process 1.

ARG NODE_IMAGE=node:24-bookworm-slim

# --- What decides which dependencies are installed: a change of any other file leaves the layers below as they are.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /source
COPY . .
RUN mkdir /manifests \
 && cp --parents package.json package-lock.json .npmrc bench/package.json packages/*/package.json services/*/package.json /manifests

FROM ${NODE_IMAGE} AS compiled
WORKDIR /app
COPY --from=manifests /manifests .
RUN npm ci --ignore-scripts
COPY . .
RUN npx tsc -b packages/local-stack services/acs-ingest services/cpemon-api services/cpemon-writer services/cpe-simulator \
 && node packages/live-page/build.mjs \
 && find packages services \( -name src -o -name tsconfig.json -o -name .tsbuildinfo -o -name '*.d.ts' \) -prune -exec rm -rf {} +

FROM ${NODE_IMAGE} AS modules
WORKDIR /app
COPY --from=manifests /manifests .
RUN npm ci --omit=dev --ignore-scripts --include-workspace-root=false \
      -w packages/local-stack -w services/acs-ingest -w services/cpemon-api -w services/cpemon-writer -w services/cpe-simulator \
 && find node_modules -type f \( -name '*.md' -o -name '*.ts' -o -name '*.map' -o -name '*.mts' -o -name '*.cts' \) -delete

# --- Node.js with what it links and what the C library reads, and nothing else.
FROM ${NODE_IMAGE} AS root
RUN mkdir -p /root-fs/etc /root-fs/tmp /root-fs/secrets /root-fs/usr/local/bin \
 && chmod 1777 /root-fs/tmp && chown 10001:10001 /root-fs/secrets \
 && cp "$(command -v node)" /root-fs/usr/local/bin/node \
 && ldd "$(command -v node)" | grep -o '/[^ ]*' | xargs -I '{}' cp --parents --dereference '{}' /root-fs \
 && echo 'cpemon:x:10001:10001:CPEmon:/tmp:/sbin/nologin' > /root-fs/etc/passwd \
 && echo 'cpemon:x:10001:' > /root-fs/etc/group \
 && echo 'hosts: files dns' > /root-fs/etc/nsswitch.conf \
 && for each in acs-ingest cpemon-api cpemon-writer cpe-simulator migrate mysql reporting kept; do \
      mkdir "/root-fs/secrets/$each" && chown 10001:10001 "/root-fs/secrets/$each"; \
    done

FROM scratch AS runtime
COPY --from=root /root-fs /
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY --from=compiled /app/packages packages
COPY LICENSE LICENSE
COPY compose/health.mjs compose/health.mjs
ENV PATH=/usr/local/bin NODE_ENV=production LISTEN_HOST=0.0.0.0 OPS_PORT=9100
USER 10001:10001
EXPOSE 9100
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["node", "compose/health.mjs"]
# docker build --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD)
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.vendor="CPEmon" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# --- Migrations, secrets, and the operators' command line.
FROM runtime AS migrate
COPY sql sql
LABEL org.opencontainers.image.title="cpemon-migrate" \
      org.opencontainers.image.description="Brings the database of CPEmon up to date and gives each service its login"
HEALTHCHECK NONE
ENTRYPOINT ["node", "--enable-source-maps", "packages/local-stack/dist/cli-main.js"]
CMD ["migrate"]

FROM runtime AS acs-ingest
COPY --from=compiled /app/services/acs-ingest services/acs-ingest
ENV PORT=8080 CWMP_PORT=7547
EXPOSE 8080 7547
LABEL org.opencontainers.image.title="acs-ingest" \
      org.opencontainers.image.description="Takes webhooks of an ACS and CWMP sessions of CPEs into CPEmon's event log"
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=16", "--heap-growing-percent=100", "services/acs-ingest/dist/main.js"]

FROM runtime AS cpemon-api
COPY --from=compiled /app/services/cpemon-api services/cpemon-api
ENV PORT=8080
EXPOSE 8080
LABEL org.opencontainers.image.title="cpemon-api" \
      org.opencontainers.image.description="Takes heartbeats and batches of CPEs, answers queries, serves CPEmon's live page"
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64", "--heap-growing-percent=100", "services/cpemon-api/dist/main.js"]

FROM runtime AS cpemon-writer
COPY --from=compiled /app/services/cpemon-writer services/cpemon-writer
COPY rules rules
LABEL org.opencontainers.image.title="cpemon-writer" \
      org.opencontainers.image.description="Drains CPEmon's event log into its device tables"
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64", "--heap-growing-percent=100", "services/cpemon-writer/dist/main.js"]

FROM runtime AS cpe-simulator
COPY --from=compiled /app/services/cpe-simulator services/cpe-simulator
ENV PORT=8080
EXPOSE 8080
LABEL org.opencontainers.image.title="cpe-simulator" \
      org.opencontainers.image.description="A fleet of virtual CPEs that reports to CPEmon"
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64", "--heap-growing-percent=100", "services/cpe-simulator/dist/main.js"]
