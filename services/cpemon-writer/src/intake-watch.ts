import {
  BEAT_TOLERANCE_MS,
  INTAKE_PATHS,
  emptyIntakeHistory,
  sourceOfPath,
  type IntakeGap,
  type IntakeHistory,
  type ModelSilences,
} from '@cpemon/domain';
import { readDecidedUntil, readIntakeHistory, readSourceSilences, type SourceSilence } from '@cpemon/store';
import type { ReadDatabase } from './read-database.js';

/** What is known of when each path was accepting, and when its source spoke. */
export interface IntakeWatch {
  history(): IntakeHistory;
  /** Models that were quiet as a whole, by name. */
  models(): ReadonlyMap<string, ModelSilences>;
  /** Reads what is new, if what is known is a second old or does not reach up to `until` (epoch ms). */
  refresh(until: number): Promise<void>;
}

const OLDEST_MS = 1000;
/** How soon it is read again when a path seems not to be accepting. */
const OLDEST_IN_GAP_MS = 250;
/** A gap that is closed may still move its end by the length of a beat or two. */
const REREAD_MS = 60_000;

export function createIntakeWatch(read: ReadDatabase, monotonicMs = () => performance.now()): IntakeWatch {
  let history: IntakeHistory = emptyIntakeHistory();
  let models: ReadonlyMap<string, ModelSilences> = new Map();
  let readAt = -Infinity;
  let since = 0;

  const seemsShut = (until: number): boolean =>
    INTAKE_PATHS.some((path) => {
      const { acceptedAt } = history[path];
      return acceptedAt !== null && until - acceptedAt > BEAT_TOLERANCE_MS;
    });

  return {
    history: () => history,
    models: () => models,
    async refresh(until) {
      const age = monotonicMs() - readAt;
      if (age < OLDEST_IN_GAP_MS || (age < OLDEST_MS && !seemsShut(until))) return;
      const { fresh, decided, silences } = await read(async (connection) => ({
        // A silence is written with the moment up to which it is decided: this first, so that none can be missing.
        decided: await readDecidedUntil(connection),
        silences: await readSourceSilences(connection, 0),
        fresh: await readIntakeHistory(connection, since),
      }));
      readAt = monotonicMs();
      // Where nobody has ever decided, nobody does. Else deadlines wait, however long: a stopped decision is no dead fleet.
      history = withSilences(joinHistories(history, fresh, since), silences, decided ?? Infinity);
      models = modelsOf(silences);
      const ends = INTAKE_PATHS.flatMap((path) => history[path].gaps.slice(-1).map((gap) => gap.endedAt));
      since = Math.max(0, ...ends) - REREAD_MS;
    },
  };
}

function withSilences(
  history: IntakeHistory,
  silences: readonly SourceSilence[],
  decidedUntil: number,
): IntakeHistory {
  const told = { ...history };
  for (const path of INTAKE_PATHS) {
    const { acceptedAt, gaps } = history[path];
    const source = sourceOfPath(path);
    const own = silences.filter(({ kind, name }) => kind === 'source' && name === source).map(gapOf);
    told[path] = { acceptedAt, gaps, silences: own, decidedUntil };
  }
  return told;
}

function modelsOf(silences: readonly SourceSilence[]): ReadonlyMap<string, ModelSilences> {
  const models = new Map<string, ModelSilences>();
  for (const silence of silences) {
    if (silence.kind !== 'model') continue;
    const { name, endedAt, intervalSeconds } = silence;
    const known = models.get(name) ?? { silences: [], newInterval: null };
    const since = endedAt === null || intervalSeconds === null ? null : endedAt;
    models.set(name, {
      silences: [...known.silences, gapOf(silence)],
      // Once it is back by another interval again, or by its old one, the one before holds no more.
      newInterval: since === null ? known.newInterval : { ms: intervalSeconds! * 1000, since },
    });
  }
  return models;
}

const gapOf = ({ startedAt, endedAt }: SourceSilence): IntakeGap =>
  endedAt === null ? { startedAt, endedAt: Infinity, open: true } : { startedAt, endedAt };

/** The gaps known, with those that ended after `since` replaced by what was read. */
function joinHistories(known: IntakeHistory, fresh: IntakeHistory, since: number): IntakeHistory {
  const joined = { ...fresh };
  for (const path of INTAKE_PATHS) {
    const read = new Set(fresh[path].gaps.map((gap) => gap.startedAt));
    const kept = known[path].gaps.filter((gap) => gap.endedAt <= since && !read.has(gap.startedAt));
    if (kept.length > 0) joined[path] = { ...fresh[path], gaps: [...kept, ...fresh[path].gaps] };
  }
  return joined;
}
