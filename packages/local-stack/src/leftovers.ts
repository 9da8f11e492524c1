import type { DataLayout } from './data-layout.js';
import { readServerProcess } from './private-database.js';
import { endProcess, isRunning } from './process-identity.js';
import { processesOf, readStackFile } from './stack-file.js';

/**
 * Ends what a supervisor that was killed left running; processes that got the same numbers since are not touched. The
 * database comes last, and is given time to write what it has in memory.
 * @returns how many were ended
 */
export async function endLeftovers(layout: Pick<DataLayout, 'stackFile' | 'database'>): Promise<number> {
  const stack = readStackFile(layout.stackFile);
  const services = (stack === null ? [] : processesOf(stack)).filter(isRunning);
  await Promise.all(services.map((one) => endProcess(one, 3000)));
  const database = readServerProcess(layout.database);
  if (database === null || !isRunning(database)) return services.length;
  await endProcess(database, 10_000);
  return services.length + 1;
}
