import { batch, computed, effect, signal } from '@preact/signals';
import { parseTime } from '../words/format.js';
import { isLocked, problemWords } from './api.js';
import { createDatabaseClock, elapsedMs, momentNow, type Moment } from './database-clock.js';
import type { Change, Fleet, Pipeline } from './figures.js';
import { judgeFreshness } from './freshness.js';
import type { WarningFacts } from './freshness-words.js';
import { createHistory } from './rate-history.js';
import { isLimited, isSupport, sessionVersion } from './session.js';
import { createStream, type StreamState } from './stream.js';
import type { ServerSentEvent } from './sse-parser.js';

/** What the stream has told, and how old it is: the one place that knows. */

/** The feed shows these; more has nobody read. */
const CHANGES_KEPT = 200;
const TICK_MS = 250;
/** Curves of the pipeline. */
export const CURVE_MS = 60_000;
/** Trend of the tiles, a point in ten seconds. */
export const TREND_MS = 3_600_000;
const TREND_EVERY_MS = 10_000;

export const fleet = signal<Fleet | null>(null);
export const pipeline = signal<Pipeline | null>(null);
/** Newest first. */
export const recentChanges = signal<readonly Change[]>([]);
/** Rises when alerts open or close: lists of them ask anew. */
export const alertsVersion = signal(0);
/** Rises when more was missed than the stream can tell: whoever shows lists asks anew. */
export const lostVersion = signal(0);
export const streamState = signal<StreamState>({ state: 'connecting', problem: null, retryAt: null });
/** What the API could not read at the moment, as the stream says it. */
export const trouble = signal<string | null>(null);

export interface CurvePoint {
  at: number;
  acceptRate: number | null;
  lag: number | null;
  drainRate: number | null;
}
export interface TrendPoint {
  at: number;
  byStatus: Readonly<Record<string, number>>;
  byHealth: Readonly<Record<string, number>>;
  devices: number;
}
const curve = createHistory<CurvePoint>(CURVE_MS);
const trend = createHistory<TrendPoint>(TREND_MS, TREND_EVERY_MS);
/** Points of the pipeline in the last minute; of the fleet in the last hour, as far as this page was open. */
export const curvePoints = signal<readonly CurvePoint[]>([]);
export const trendPoints = signal<readonly TrendPoint[]>([]);

const listeners = new Set<(changes: readonly Change[]) => void>();
/** Tells of every change as it comes. @returns the end of it */
export function onChanges(listener: (changes: readonly Change[]) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const clock = createDatabaseClock();
const startedAt = momentNow();
const arrivals = new Map<'fleet' | 'pipeline', { asOfMs: number | null; at: Moment }>();

/** A moment of now that passes four times a second: what shows an age reads it. */
export const tick = signal<Moment>(momentNow());

/** The database's time, epoch ms; the browser's own before the first answer. */
export const databaseNow = computed(() => clock.now(tick.value) ?? tick.value.wallMs);

/** The same in whole seconds, so that ages are drawn anew no more often than they change. */
export const databaseSecond = computed(() => Math.floor(databaseNow.value / 1000));

/** Notes what an answer of the API says of the database's clock. */
export function observeClock(asOf: unknown): void {
  const asOfMs = parseTime(asOf);
  if (asOfMs !== null) clock.observe(asOfMs, momentNow());
}

const partAge = (part: 'fleet' | 'pipeline', now: Moment): number | null => {
  const last = arrivals.get(part);
  if (last === undefined) return null;
  const databaseNowMs = clock.now(now);
  const byDatabase = last.asOfMs === null || databaseNowMs === null ? 0 : databaseNowMs - last.asOfMs;
  return Math.max(0, byDatabase, elapsedMs(last.at, now)) / 1000;
};

/** Age of each part in seconds; null: it never came. A viewer limited to labels is told nothing of the pipeline. */
export const ages = computed(() => {
  const now = tick.value;
  return { fleet: partAge('fleet', now), pipeline: partAge('pipeline', now) };
});

export const pathsDown = computed(() =>
  (fleet.value?.intake ?? []).filter(({ accepting }) => !accepting).map(({ path }) => path),
);

/** The oldest part that is to be there; null as long as one is missing. */
const ageSeconds = computed(() => {
  const needed = isLimited.value ? [ages.value.fleet] : [ages.value.fleet, ages.value.pipeline];
  return needed.includes(null) ? null : Math.max(...(needed as number[]));
});

export const judgement = computed(() => {
  const totals = pipeline.value?.totals;
  return judgeFreshness({
    locked: isLocked.value,
    ageSeconds: isLocked.value ? null : ageSeconds.value,
    waitingSeconds: elapsedMs(startedAt, tick.value) / 1000,
    oldestUnappliedAgeSeconds: totals?.oldest_unapplied_age_seconds,
    lagEvents: totals?.lag_events,
    writers: pipeline.value?.writers.length ?? null,
    pathsDown: pathsDown.value,
  });
});

export const warningFacts = computed<WarningFacts>(() => {
  const { problem, retryAt, state } = streamState.value;
  const silent = state === 'open' && problem === null;
  return {
    problem: problem ?? (silent ? trouble.value : null),
    retryInSeconds: retryAt === null ? null : Math.max(0, retryAt - tick.value.monotonicMs) / 1000,
    lagEvents: pipeline.value?.totals.lag_events,
    writers: pipeline.value?.writers.length ?? null,
    pathsDown: pathsDown.value,
  };
});

/** Whether there are figures that this viewer could be shown at all: support sees one device at a time. */
export const hasFigures = computed(() => !isSupport.value);

function arrived(part: 'fleet' | 'pipeline', asOf: unknown): void {
  const at = momentNow();
  const asOfMs = parseTime(asOf);
  if (asOfMs !== null) clock.observe(asOfMs, at);
  const last = arrivals.get(part);
  if (last === undefined || asOfMs === null || asOfMs !== last.asOfMs) arrivals.set(part, { asOfMs, at });
  tick.value = at;
}

function takeEvent({ event, data }: ServerSentEvent): void {
  const told = JSON.parse(data) as unknown;
  batch(() => {
    if (event === 'fleet') takeFleet(told as Fleet);
    else if (event === 'pipeline') takePipeline(told as Pipeline);
    else if (event === 'changes') takeChanges((told as { items: Change[] }).items);
    else if (event === 'alerts') alertsVersion.value += 1;
    else if (event === 'lost') {
      lostVersion.value += 1;
      alertsVersion.value += 1;
    } else if (event === 'trouble') trouble.value = 'The database does not answer the API.';
  });
}

function takeFleet(told: Fleet): void {
  arrived('fleet', told.as_of);
  trouble.value = null;
  fleet.value = told;
  const { by_status: byStatus, by_health: byHealth, devices } = told;
  trend.add({ at: parseTime(told.as_of) ?? Date.now(), byStatus, byHealth, devices });
  trendPoints.value = trend.points();
}

function takePipeline(told: Pipeline): void {
  arrived('pipeline', told.as_of);
  trouble.value = null;
  pipeline.value = told;
  const { accept_rate: acceptRate, lag_events: lag, drain_rate: drainRate } = told.totals;
  curve.add({ at: parseTime(told.as_of) ?? Date.now(), acceptRate, lag, drainRate });
  curvePoints.value = curve.points();
}

function takeChanges(items: readonly Change[]): void {
  // Newest first, as they came: an event of long ago that is told now is news now.
  recentChanges.value = [...[...items].reverse(), ...recentChanges.value].slice(0, CHANGES_KEPT);
  for (const listener of listeners) listener(items);
}

/** Nobody is known any more: what was shown to somebody is not shown to the next one. */
function forget(): void {
  batch(() => {
    fleet.value = null;
    pipeline.value = null;
    recentChanges.value = [];
    arrivals.clear();
  });
}

/** Follows the stream as long as somebody looks, as whoever is logged in. */
export function startLive(): void {
  const stream = createStream(
    (event) => {
      try {
        takeEvent(event);
      } catch (error) {
        trouble.value = `The API gives answers that cannot be read. ${problemWords(error)}`;
      }
    },
    (state) => {
      streamState.value = state;
    },
  );
  setInterval(() => {
    tick.value = momentNow();
  }, TICK_MS);
  // A browser keeps six connections to a host: pages that nobody sees leave them to those that somebody does.
  const follow = (): void => {
    tick.value = momentNow();
    if (document.hidden || isLocked.value || isSupport.value) stream.rest();
    else stream.open();
  };
  document.addEventListener('visibilitychange', follow);
  effect(() => {
    // Read, so that the stream begins anew when somebody else looks.
    void sessionVersion.value;
    if (isLocked.value) forget();
    follow();
  });
}
