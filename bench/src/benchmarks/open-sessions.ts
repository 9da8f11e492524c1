import { refuseIfWrong, type BenchContext, type Benchmark } from '../benchmark.js';
import { runSessions } from '../cwmp-load/session-load.js';
import { plainFigure } from '../report/alternating-runs.js';
import { countRecordedEvents } from '../stack/log-books.js';
import { watchMemory } from '../stack/memory-watch.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { residentBytesOf } from '../stack/process-cpu.js';

const MIB = 1024 ** 2;
const SIZES = {
  quick: { runs: 1, sessions: 1000, holdMs: 1000 },
  short: { runs: 3, sessions: 10_000, holdMs: 10_000 },
  full: { runs: 3, sessions: 10_000, holdMs: 40_000 },
};
/** With the pause, some 1,500 sessions are opened in a second. */
const OPENING_AT_ONCE = 400;
const PAUSE_MS = 250;

/** Memory of acs-ingest while sessions of slow CPEs are open, each on a connection of its own. */
export const openSessions: Benchmark = {
  name: 'open-sessions',
  about: 'resident memory of one acs-ingest with 10,000 CWMP sessions open at once, slow CPEs',
  async run(context: BenchContext) {
    const { runs, sessions, holdMs } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const limit = String(sessions + OPENING_AT_ONCE);
    const peaks: number[] = [];
    for (let run = 1; run <= runs; run += 1) {
      // A process that has had sessions before keeps memory of them: each run has its own.
      const ingest = await stack.startAcsIngest({
        ...{ MAX_CONNECTIONS: limit, MAX_CONNECTIONS_PER_ADDRESS: limit, CWMP_MAX_SESSIONS: limit },
      });
      const atRest = residentBytesOf(ingest.pid);
      const memory = watchMemory({ ingest: ingest.pid });
      let whileOpen = NaN;
      const target = { host: '127.0.0.1', port: ingest.port };
      const { finished, openedInSeconds } = await runSessions(
        { kind: 'open', target, sessions, openingAtOnce: OPENING_AT_ONCE, pauseMs: PAUSE_MS, holdMs },
        () => (whileOpen = residentBytesOf(ingest.pid)),
      );
      const peak = memory.stop()['ingest']!;
      await stack.stop(ingest);
      const recorded = await countRecordedEvents(await stack.connect());
      refuseIfWrong(
        finished === sessions && recorded === run * sessions
          ? []
          : [
              `${finished} of ${sessions} sessions ended, and the log holds ${recorded} events after ${run} runs`,
            ],
      );
      context.say(
        `${sessions} sessions open after ${openedInSeconds.toFixed(1)} s: ${(atRest / MIB).toFixed(0)} MiB at rest, ` +
          `${(whileOpen / MIB).toFixed(0)} open, ${(peak / MIB).toFixed(0)} at most`,
      );
      peaks.push(peak / MIB);
    }
    return [plainFigure('open-sessions.memory', 'MiB', peaks)];
  },
};
