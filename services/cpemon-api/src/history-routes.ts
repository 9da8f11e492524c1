import { Router, type Request, type Response } from 'express';
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
import type { ReadHistoryOf } from './history-reads.js';
import type { Gate } from './reader-access.js';
import { rfc3339 } from './rfc3339.js';
import { objectOf } from './devices/device-schemas.js';
import { textQuery } from './read-schemas.js';
import { sendJson } from './routes/api-routes.js';
import type { RouteBook, RouteDescription } from './routes/route-book.js';
import { answerKnownErrors } from './routes/route-problems.js';

export interface HistoryRoutesOptions {
  readHistory: ReadHistoryOf;
  /** Passed in their order. */
  gates: readonly Gate[];
  book?: RouteBook;
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
const PATH = '/v1/devices/:id/history';

const number = { type: 'number' };
const time = { type: 'string', format: 'date-time' };
const WORDS: Pick<RouteDescription, 'about' | 'query'> = {
  about: {
    summary: 'A line of one metric of a device; where nothing was read it has a gap.',
    ...{ tag: 'devices', problems: [403, 404, 409] },
    answer: objectOf({
      ...{
        metric: { type: 'string' },
        unit: { type: 'string' },
        tier: { type: 'string' },
        from: time,
        to: time,
      },
      points: {
        type: 'array',
        items: objectOf({
          ...{ t: time, min: number, mean: number, max: number, last: number },
          count: { type: 'integer', minimum: 1 },
        }),
      },
    }),
  },
  query: textQuery(
    {
      metric: 'Name of a metric, such as rx_power_dbm',
      from: 'Time of RFC 3339, or epoch seconds; a day before `to`',
      to: 'Time of RFC 3339, or epoch seconds; now',
      points: 'How many at most; 300',
      as: 'value, or rate: of a counter, for each second; value',
      reason: 'Why the device is looked up, for the audit: support has to say it',
    },
    ['metric'],
  ),
};

/** A question as it was read; or what is wrong with it. */
interface Question {
  metric: string;
  from: number;
  to: number;
  points: number;
  asRate: boolean;
}

/** `GET /v1/devices/:id/history?metric=&from=&to=&points=`: a line of one metric; where nothing was read it has a gap. */
export function createHistoryRoutes({
  readHistory,
  gates,
  book,
  now = Date.now,
}: HistoryRoutesOptions): Router {
  const routes = Router();
  book?.describe({ method: 'get', path: PATH, access: 'reader', ...WORDS });
  routes
    .route(PATH)
    .get(...gates, async (request: Request, response: Response) => {
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
      sendJson(request, response, historyView(question, answer.history), { etag: true });
    })
    .all(methodNotAllowed('GET, HEAD'));
  routes.use(answerKnownErrors);
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

const PARAMETERS: readonly string[] = ['metric', 'from', 'to', 'points', 'as', 'reason'];
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
