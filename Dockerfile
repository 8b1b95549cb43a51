# The example API. What runs is one file of JavaScript and a page: no package manager's files, no compiler, no test.
# Built with: docker build --tag fintech-api .   Deployed by its digest (.github/workflows/deploy.yml).
ARG NODE=node:24.11.1-bookworm-slim

FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY runtime/package.json runtime/
COPY constructs/package.json constructs/
COPY cli/package.json cli/
COPY alias/package.json alias/
# The lock file's packages, and none of their scripts.
RUN npm ci --ignore-scripts --no-audit --no-fund
# What the runtime, the example and its policy are written in, and nothing of what deploys them.
COPY tsconfig.base.json tsconfig.json *.ts ./
COPY runtime runtime
COPY example example
# With what the app imports, and nothing else. pg-native is a driver that pg goes without.
RUN npx esbuild example/main.ts --bundle --platform=node --target=node24 --minify-whitespace --minify-syntax \
      --external:pg-native --outfile=app/main.js \
 && cp -r example/routes/page app/page

FROM ${NODE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/app ./
# By number, as ECS and Kubernetes want it. It owns nothing here: the file system may be read-only.
USER 65532:65532
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"]
CMD ["node", "main.js"]
