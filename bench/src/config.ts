/** What a benchmark takes from the environment: where to look for a database server, nothing else. */
export interface BenchConfig {
  /** A server program named by the operator. */
  serverProgram?: string;
  searchPath: string;
}

export function readConfig(env: NodeJS.ProcessEnv): BenchConfig {
  const program = env['CPEMON_MYSQLD'];
  return {
    searchPath: env['PATH'] ?? '',
    ...(program === undefined || program === '' ? {} : { serverProgram: program }),
  };
}
