import type { FaultSite } from './fault.js';

/** Leaves no fault standing, whatever was interrupted: afterwards everything can work. */
export async function undoEverything({ stack, clocks, disk }: FaultSite): Promise<void> {
  disk?.free();
  clocks?.set('database', 0);
  clocks?.set('services', 0);
  const database = stack.database.pid();
  if (database !== undefined) process.kill(database, 'SIGCONT');
  await stack.database.answers(60_000);
  await stack.database.using((connection) => connection.query('SET GLOBAL read_only = 0'));
  for (const { proxy, service, wanted, start, signal } of stack.replicas) {
    proxy.heal();
    proxy.cut();
    signal('SIGCONT');
    if (service === 'cpemon-writer' && !wanted()) start();
  }
}
