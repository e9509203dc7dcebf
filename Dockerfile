# syntax=docker/dockerfile:1
# docker build -t knowhere .
# docker build -t knowhere --build-arg EXTRA_PACKAGES="libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui" .

FROM node:20-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY contract/package.json contract/
COPY server/package.json server/
COPY sdk/package.json sdk/
COPY bench/package.json bench/

FROM manifests AS build
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

# The server's own packages: neither tools nor what the benches compare it with.
FROM manifests AS modules
RUN npm ci --omit=dev --workspace=knowhere --no-audit --no-fund

FROM node:20-bookworm-slim
# Text in pictures and scans; more languages: tesseract-ocr-<code>. LibreOffice reads .doc and .ppt.
ARG EXTRA_PACKAGES=""
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini tesseract-ocr fonts-dejavu-core ${EXTRA_PACKAGES} \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/contract/package.json contract/package.json
COPY --from=build /app/contract/dist contract/dist
COPY --from=build /app/server/package.json server/package.json
COPY --from=build /app/server/bin server/bin
COPY --from=build /app/server/dist server/dist
COPY LICENSE THIRD-PARTY-NOTICES.md ./
RUN install -d -o node -g node -m 0700 /data
USER node
ENV NODE_ENV=production KNOWHERE_HOST=0.0.0.0 KNOWHERE_PORT=5005 KNOWHERE_DATA_DIR=/data
VOLUME /data
EXPOSE 5005
# A worker has no port; there the process itself is the sign of life.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD node -e "if (process.env.KNOWHERE_ROLE === 'worker') process.exit(0); fetch('http://127.0.0.1:' + process.env.KNOWHERE_PORT + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
ENTRYPOINT ["tini", "--", "node", "server/bin/knowhere.mjs"]
CMD ["serve"]
