/** What a benchmark takes from the environment: where to look for a database server and a browser, nothing else. */
export interface BenchConfig {
  /** A server program named by the operator. */
  serverProgram?: string;
  searchPath: string;
  /** A Chromium named by the operator. */
  chromium?: string;
}

export function readConfig(env: NodeJS.ProcessEnv): BenchConfig {
  const program = env['CPEMON_MYSQLD'];
  const chromium = env['CPEMON_CHROMIUM'];
  return {
    searchPath: env['PATH'] ?? '',
    ...(program === undefined || program === '' ? {} : { serverProgram: program }),
    ...(chromium === undefined || chromium === '' ? {} : { chromium }),
  };
}
