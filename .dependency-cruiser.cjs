/** The picture in ARCHITECTURE.md as a rule: an import that crosses it fails `npm run check`. */
const ioPackages = '^node_modules/(express|mysql2|pino|prom-client|undici|node-cron|xml2js|commander)/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'service-imports-service',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'package-imports-service',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'domain knows no I/O: no Node module but crypto hashing, no package, none of ours',
      severity: 'error',
      from: { path: '^packages/domain/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^packages/domain/src', '^(node:)?crypto$'] },
    },
    {
      name: 'contracts-knows-domain-only',
      severity: 'error',
      from: { path: '^packages/contracts/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^packages/(?!contracts|domain)', ioPackages] },
    },
    {
      name: 'device-models-knows-domain-only',
      severity: 'error',
      from: { path: '^packages/device-models/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^packages/(?!device-models|domain)', ioPackages] },
    },
    {
      name: 'cwmp-is-a-language',
      comment: 'bytes to messages and events, messages to bytes: no I/O',
      severity: 'error',
      from: { path: '^packages/cwmp/src', pathNot: '\\.test\\.ts$' },
      to: {
        path: [
          '^packages/(?!cwmp|contracts|device-models|domain)',
          '^node_modules/(express|mysql2|pino|prom-client|undici|node-cron|commander)/',
        ],
      },
    },
    {
      name: 'bulkdata-is-a-language',
      comment: 'bytes to reports and events: no I/O',
      severity: 'error',
      from: { path: '^packages/bulkdata/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^packages/(?!bulkdata|contracts|device-models|domain)', ioPackages] },
    },
    {
      name: 'explain-is-pure',
      comment: 'a message and what is made of it, for people: no I/O',
      severity: 'error',
      from: { path: '^packages/explain/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^packages/(?!explain|bulkdata|contracts|cwmp|device-models|domain)', ioPackages] },
    },
    {
      name: 'event-log-knows-domain-and-database-only',
      severity: 'error',
      from: { path: '^packages/event-log/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(?!event-log|domain|database)' },
    },
    {
      name: 'live-page-knows-the-client-only',
      comment: 'it runs in browsers: what it knows of the rest is what the API says',
      severity: 'error',
      from: { path: '^packages/live-page/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^packages/(?!live-page|api-client)', ioPackages] },
    },
    {
      name: 'history-is-pure',
      comment: 'bytes of history and what they say: no I/O, none of ours',
      severity: 'error',
      from: { path: '^packages/history/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^packages/(?!history)', ioPackages] },
    },
    {
      name: 'demos-look-from-outside',
      comment: 'a demo that shares code with the product would not notice what is wrong with it',
      severity: 'error',
      from: { path: '^packages/demos/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(?!demos)' },
    },
    {
      name: 'alerts-is-pure',
      comment: 'rules of alerts: no I/O, no clock',
      severity: 'error',
      from: { path: '^packages/alerts/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^packages/(?!alerts|domain)', ioPackages] },
    },
    {
      name: 'store-knows-domain-database-and-history-only',
      severity: 'error',
      from: { path: '^packages/store/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(?!store|domain|database|history)' },
    },
    {
      name: 'intake-is-for-services',
      comment: 'what the services that take events in have in common; no package builds on it',
      severity: 'error',
      from: { path: '^packages/(?!intake)' },
      to: { path: '^packages/intake' },
    },
    {
      name: 'service-kit-knows-none-of-ours',
      severity: 'error',
      from: { path: '^packages/service-kit/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^(packages/(?!service-kit)|services/)' },
    },
    {
      name: 'tracing-knows-service-kit-only',
      severity: 'error',
      from: { path: '^packages/tracing/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(?!tracing|service-kit)' },
    },
    {
      name: 'opentelemetry-is-loaded-on-demand',
      comment:
        'off means free: one file of packages/tracing imports it, and that one is imported where there are traces',
      severity: 'error',
      from: { pathNot: '^packages/tracing/src/span-export\\.ts$|\\.test\\.ts$' },
      to: { path: '^node_modules/@opentelemetry/' },
    },
    {
      name: 'genieacs-connector-speaks-http-only',
      severity: 'error',
      from: { path: '^packages/genieacs-connector/src', pathNot: '\\.test\\.ts$' },
      to: { path: ['^(packages/(?!genieacs-connector)|services/)', ioPackages] },
    },
    {
      name: 'simulator-stands-outside',
      comment:
        'the simulator speaks HTTP as any CPE does: it may not reach the log, the store or the contracts',
      severity: 'error',
      from: { path: '^services/cpe-simulator/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(event-log|store|database|contracts|intake|local-stack)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/' },
    tsConfig: { fileName: 'tsconfig.paths.json' },
    tsPreCompilationDeps: true,
  },
};
