const swc = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
];

/** A CommonJS package that imports `http` when it is needed first, which Node's `vm` modules do not let a test do. */
const LATE_IMPORTS = '@opentelemetry/otlp-exporter-base/';

/** One transform for all projects; packages resolve to their sources, so no build is needed before a test. */
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '\\.ts$': swc,
    [`${LATE_IMPORTS}.+\\.js$`]: [
      '@swc/jest',
      { jsc: { parser: { syntax: 'ecmascript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!${LATE_IMPORTS})`],
  moduleNameMapper: {
    '^@cpemon/([a-z-]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^(\\.{1,2}/.+)\\.js$': ['$1.js', '$1.ts'],
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
};

const onDatabase = {
  globalSetup: '<rootDir>/tests/support/start-database.ts',
  globalTeardown: '<rootDir>/tests/support/stop-database.ts',
};

module.exports = {
  // All projects at once on two cores: a database test may wait for its turn.
  testTimeout: 20_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{packages,services}/*/src/**/*.test.ts',
        '<rootDir>/{bench/src,tests/unit,tests/k8s,tests/dashboards}/**/*.test.ts',
      ],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.(db|stack)\\.test\\.ts$'],
    },
    {
      ...shared,
      displayName: 'db',
      testMatch: ['<rootDir>/{packages,services}/*/src/**/*.db.test.ts'],
      ...onDatabase,
    },
    {
      ...shared,
      displayName: 'examples',
      testMatch: ['<rootDir>/tests/examples/*.db.test.ts'],
      ...onDatabase,
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/e2e/*.e2e.test.ts'],
    },
    {
      ...shared,
      displayName: 'dashboards',
      testMatch: ['<rootDir>/tests/dashboards/*.stack.test.ts'],
    },
    {
      ...shared,
      displayName: 'page',
      testMatch: ['<rootDir>/tests/page/*.page.test.ts'],
    },
  ],
};
