import type { Connection } from './connection.js';
import {
  judgeServer,
  readServerVariables,
  UnsuitableServerError,
  type WeakSetting,
} from './server-checks.js';

export interface ServerWatchOptions {
  /** Runs reads on a connection; rejects when the database does not answer in time. */
  run: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  /** A cluster in which several servers take writes is warned of, not refused. */
  allowMultiPrimary: boolean;
  /** For the metric: settings by which the server may lose what it has confirmed. */
  seen: (weak: readonly WeakSetting[]) => void;
  logger: {
    warn(facts: object, sentence: string): void;
    error(facts: object, sentence: string): void;
  };
  everyMs?: number;
}

export interface ServerWatch {
  /**
   * Looks at the server, warns of what was not warned of yet, and goes on looking every few minutes.
   * @throws UnsuitableServerError with sentences for the operator; the database's errors
   */
  check(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 5 * 60_000;

/** Settings change while a server runs, and behind one address another server may answer after a failover. */
export function watchServer(options: ServerWatchOptions): ServerWatch {
  const { run, allowMultiPrimary, seen, logger, everyMs = EVERY_MS } = options;
  let told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<string[]> => {
    const { refusals, warnings, weak } = judgeServer(await run(readServerVariables), allowMultiPrimary);
    const sentences = [...weak.map(({ sentence }) => sentence), ...warnings];
    for (const sentence of sentences) if (!told.has(sentence)) logger.warn({}, sentence);
    told = new Set(sentences);
    seen(weak.map(({ setting }) => setting));
    return refusals;
  };
  const lookAgain = async (): Promise<void> => {
    try {
      for (const refusal of await look()) logger.error({}, refusal);
    } catch {
      // Whoever needs the database says that it is away.
    }
  };
  return {
    async check() {
      timer ??= setInterval(() => void lookAgain(), everyMs).unref();
      const refusals = await look();
      if (refusals.length > 0) throw new UnsuitableServerError(refusals.join(' '));
    },
    stop: () => clearInterval(timer),
  };
}
