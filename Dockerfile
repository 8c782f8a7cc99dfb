# Hookline as an image: Node 24, the packages it runs on, the sources as they are, and a warm compile cache.
# For a release name the base by its digest: --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# What no process reads: maps, types, pages (licences stay), and the browser bundles of the two largest packages.
RUN find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) \
      ! -iname '*licen[sc]e*' -delete \
 && rm -rf node_modules/jsforce/browser node_modules/jsforce/dist node_modules/jsforce/src \
           node_modules/rxjs/dist/bundles node_modules/rxjs/src

# The console page; what builds it stays behind.
FROM ${NODE_IMAGE} AS page
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src/console src/console
RUN npm run build

FROM packages AS warm
COPY package.json LICENSE workflows.example.yaml ./
COPY bin bin
COPY connectors connectors
COPY src src
COPY --from=page /app/src/console/dist src/console/dist
RUN rm -rf src/console/page
RUN mkdir .cache && chown 1000:1000 .cache
# Sends the sample through everything once, so that the compile cache knows every module in use. The cache is found again
# only at the same paths, by the same user and with the same flags; a sample that fails also fails the build.
USER 1000:1000
WORKDIR /tmp/warm
ENV HOOKLINE_COMPILE_CACHE=/app/.cache
RUN set -e; run='node --max-old-space-size-percentage=60 /app/bin/hookline.js'; left=60; \
    $run dev /app/workflows.example.yaml & dev=$!; \
    until sleep 1; $run runs --status succeeded | grep run_; do left=$((left - 1)); [ $left -gt 0 ]; done; \
    $run serve --help; kill -TERM $dev; wait $dev
# One module that the cache does not know loads the TypeScript compiler, 18 MB. So also what the sample does not use, and what its
# threads may not have written down when they ended; a thread's own module does nothing outside one, but is known then.
# The young generation's factor is part of what the cache is found by, and bin/hookline.js changes it while threads start.
RUN for factor in 1 2; do node --max-old-space-size-percentage=60 --semi-space-growth-factor=$factor -e "require('module').enableCompileCache(process.env.HOOKLINE_COMPILE_CACHE); \
      const files = require('fs').globSync('/app/{connectors,src/store,src/run,src/console/api}/**/*.ts'); \
      Promise.allSettled(files.map((file) => import(file))).then(() => process.exit())"; done \
 && chmod -R a+rX /app/.cache

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Hookline" \
      org.opencontainers.image.description="A self-hosted connector from webhooks to integrations" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN mkdir -p /config/plugins /data && chown 1000:1000 /data && ln -s /app/bin/hookline.js /usr/local/bin/hookline
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=warm /app/package.json /app/LICENSE /app/workflows.example.yaml ./
COPY --from=warm /app/bin bin
COPY --from=warm /app/connectors connectors
COPY --from=warm /app/src src
COPY --from=warm /app/.cache .cache
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    ADMIN_HOST=0.0.0.0 \
    DATA_DIR=/data \
    WORKFLOWS=/config/workflows.yaml \
    PLUGINS=/config/plugins \
    HOOKLINE_COMPILE_CACHE=/app/.cache
USER 1000:1000
VOLUME /data
EXPOSE 3000 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-old-space-size-percentage=60", "bin/hookline.js", "serve"]
