import { Router, type NextFunction, type Request, type Response } from 'express';
import {
  DAY_MS,
  counterRates,
  isCounter,
  joinPoints,
  unitOfMetric,
  type CounterRates,
  type HistoryPoint,
} from '@cpemon/history';
import { methodNotAllowed } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import type { History } from '@cpemon/store';
import { DatabaseUnavailableError } from './database-reader.js';
import type { ReadHistoryOf } from './history-reads.js';
import type { Gate } from './reader-access.js';
import { rfc3339 } from './rfc3339.js';

export interface HistoryRoutesOptions {
  readHistory: ReadHistoryOf;
  mayRead: Gate;
  /** Epoch ms. */
  now?: () => number;
}

const DEFAULT_POINTS = 300;
/** Wider than any screen; and one device's week of minutes fits. */
const MOST_POINTS = 11_000;
/** 25 months and a day: the longest that anything is kept. */
const LONGEST_SPAN_MS = 761 * DAY_MS;
const LONGEST_METRIC = 128;
const LONGEST_ID = 64;
const UPTIME = 'uptime_seconds';

/** A question as it was read; or what is wrong with it. */
interface Question {
  metric: string;
  from: number;
  to: number;
  points: number;
  asRate: boolean;
}

/** `GET /v1/devices/:id/history?metric=&from=&to=&points=`: a line of one metric; where nothing was read it has a gap. */
export function createHistoryRoutes({ readHistory, mayRead, now = Date.now }: HistoryRoutesOptions): Router {
  const routes = Router();
  routes
    .route('/v1/devices/:id/history')
    .get(mayRead, async (request: Request, response: Response) => {
      response.setHeader('Cache-Control', 'no-store');
      const id = String(request.params['id']);
      const question = readQuestion(request.query, now());
      if (typeof question === 'string' || id.length > LONGEST_ID) {
        const detail = typeof question === 'string' ? question : `id: at most ${LONGEST_ID} characters.`;
        return sendProblem(response, { status: 400, code: 'invalid_parameter', detail });
      }
      const { metric, asRate, from, to, points } = question;
      // A rate is known from restarts as well, and those from the uptime.
      const metrics = asRate ? [metric, UPTIME] : [metric];
      const answer = await readHistory(id, { metrics, from, to, points });
      if (answer.found === 'none') {
        const detail = 'No device with this key or serial number has reported.';
        return sendProblem(response, { status: 404, code: 'unknown_device', detail });
      }
      if (answer.found === 'several') {
        const detail = 'Several devices have this serial number: ask by the key of one of them.';
        const extra = { candidates: answer.deviceIds.map((deviceId) => ({ id: deviceId })) };
        return sendProblem(response, { status: 409, code: 'ambiguous_serial_number', detail, extra });
      }
      response.json(historyView(question, answer.history));
    })
    .all(methodNotAllowed('GET, HEAD'));
  routes.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof DatabaseUnavailableError)) return next(error);
    const detail = 'The database does not answer.';
    sendProblem(response, { status: 503, code: 'database_unavailable', detail, retryAfterSeconds: 2 });
  });
  return routes;
}

function historyView(question: Question, { tier, points: lines }: History) {
  const { metric, asRate, from, to, points } = question;
  const readings = lines.get(metric) ?? [];
  const rates = asRate ? ratesOf(readings, lines.get(UPTIME) ?? []) : undefined;
  const line = joinPoints(rates?.points ?? readings, { from, to, points });
  return {
    metric,
    unit: asRate ? `${unitOfMetric(metric)}/s` : unitOfMetric(metric),
    tier,
    from: rfc3339(from),
    to: rfc3339(to),
    points: line.map(({ t, min, mean, max, last, count }) => ({
      t: rfc3339(t),
      min,
      mean,
      max,
      last,
      count,
    })),
    ...(rates === undefined ? {} : { without_rate: rates.without }),
  };
}

function ratesOf(readings: readonly HistoryPoint[], uptimes: readonly HistoryPoint[]): CounterRates {
  const startedAt = new Map(uptimes.map(({ t, last }) => [t, t - last * 1000]));
  return counterRates(readings, (t) => startedAt.get(t) ?? NaN);
}

function readQuestion(query: Request['query'], nowMs: number): Question | string {
  const unknown = Object.keys(query).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return `${unknown.slice(0, LONGEST_ID)}: there is no such parameter.`;
  const { metric, points = String(DEFAULT_POINTS), as = 'value' } = query;
  if (typeof metric !== 'string' || metric === '' || metric.length > LONGEST_METRIC)
    return 'metric: the name of one, such as rx_power_dbm.';
  const to = readTime(query['to'], nowMs);
  const from = readTime(query['from'], (to ?? nowMs) - DAY_MS);
  if (from === undefined || to === undefined || from >= to || to - from > LONGEST_SPAN_MS)
    return 'from and to: times of RFC 3339 or epoch seconds, from before to, 25 months apart at most.';
  if (typeof points !== 'string' || !/^\d{1,5}$/.test(points)) return POINTS_WRONG;
  const count = Number(points);
  if (count < 1 || count > MOST_POINTS) return POINTS_WRONG;
  if (as !== 'value' && as !== 'rate') return 'as: value or rate.';
  if (as === 'rate' && !isCounter(metric)) return `as: ${metric} is no counter, so it has no rate.`;
  return { metric, from, to, points: count, asRate: as === 'rate' };
}

const PARAMETERS: readonly string[] = ['metric', 'from', 'to', 'points', 'as'];
const POINTS_WRONG = `points: 1 to ${MOST_POINTS}.`;
const WITH_ZONE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/i;

/** Epoch ms; a date alone is its beginning in UTC. Undefined when it cannot be read. */
function readTime(given: unknown, fallback: number): number | undefined {
  if (given === undefined) return fallback;
  if (typeof given !== 'string') return undefined;
  if (/^\d{1,10}$/.test(given)) return Number(given) * 1000;
  // A plus sign in a query is a space unless it is escaped.
  const text = given.replace(/ (\d\d:\d\d)$/, '+$1');
  const time = WITH_ZONE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
