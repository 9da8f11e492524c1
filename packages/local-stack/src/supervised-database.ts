import {
  startPrivateDatabase,
  type PrivateDatabase,
  type PrivateDatabaseOptions,
} from './private-database.js';
import { restartDelayMs } from './restart-delay.js';

export interface SupervisedDatabaseOptions extends PrivateDatabaseOptions {
  /** It started again, or ended. */
  onChange: () => void;
  /** It ended by itself, or did not come back; it is started again after that time. */
  onFailure: (what: string, restartMs: number) => void;
}

export interface SupervisedDatabase {
  /** The running server, or null between two starts. */
  current(): PrivateDatabase | null;
  stop(graceMs: number): Promise<void>;
}

/** Starts a private database and keeps it running until stopped. @throws Error when its first start fails */
export async function superviseDatabase(options: SupervisedDatabaseOptions): Promise<SupervisedDatabase> {
  let current: PrivateDatabase | null = null;
  let startedMs = 0;
  let delayMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let starting: Promise<void> | undefined;
  let isStopped = false;

  const launch = async (): Promise<void> => {
    startedMs = performance.now();
    const started = await startPrivateDatabase(options);
    current = started;
    options.onChange();
    void started.ended.then(({ code, signal }) => {
      current = null;
      options.onChange();
      if (!isStopped) failed(`ended with ${signal ?? `exit code ${code}`}`);
    });
  };
  const failed = (what: string) => {
    delayMs = restartDelayMs(delayMs, performance.now() - startedMs);
    options.onFailure(what, delayMs);
    timer = setTimeout(() => {
      starting = launch().catch((error: Error) => failed(error.message));
    }, delayMs);
  };

  await launch();
  return {
    current: () => current,
    stop: async (graceMs) => {
      isStopped = true;
      clearTimeout(timer);
      await starting;
      clearTimeout(timer);
      await current?.stop(graceMs);
    },
  };
}
