import { isInWindow, readMatchers, readWindow, type MaintenanceWindow } from '@cpemon/alerts';
import { ALERT_REQUESTS, type SilenceRequest } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import { OperatorError, audited } from '@cpemon/event-log';
import {
  addMaintenanceWindow,
  addSilence,
  endMaintenanceWindow,
  endSilence,
  readMaintenanceWindows,
  readSilences,
  type Silence,
} from '@cpemon/store';
import type { RowDataPacket } from 'mysql2';
import type { OperatorRoutes } from '../operators/operator-router.js';
import type { RouteAbout } from '../routes/route-book.js';
import { silenceView, windowView } from './alert-view.js';

/** Silences and windows that are not over: as many as are looked at for each alert. */
export const MOST_PLANS = 1000;
/** Who wants to hear of something never again changes the rule. */
const LONGEST_SILENCE_MS = 31 * 86_400_000;
const MINUTE_MS = 60_000;

/** What nobody is to be told of: silences, and maintenance windows. */
export function addPlanRoutes(
  { get, post }: OperatorRoutes,
  about: (summary: string, more?: Partial<RouteAbout>) => RouteAbout,
): void {
  get(
    '/v1/silences',
    ALERT_REQUESTS.page,
    async ({ connection }) => ({
      items: (await readSilences(connection, MOST_PLANS)).map(silenceView),
    }),
    about('Silences that are not over.'),
  );
  post(
    '/v1/silences',
    ALERT_REQUESTS.silence,
    async ({ body, connection, actor }) => {
      const silence = readSilence(body, await databaseTime(connection), actor);
      const { reason, match } = body;
      const act = { actor, action: 'silences.add', target: JSON.stringify(match), detail: { reason } };
      return audited(connection, act, async () => {
        await refuseBeyondLimit(connection, 'silences');
        const silenceId = await addSilence(connection, silence);
        return silenceView({ ...silence, silenceId, madeAt: silence.startsAt });
      });
    },
    about('Tells nobody of what matches, until it ends.', { problems: [409] }),
  );
  post(
    '/v1/silences/:id/end',
    ALERT_REQUESTS.end,
    async ({ body, params, connection, actor }) => {
      const id = idOf(params['id'], 'silence');
      const act = { actor, action: 'silences.end', target: String(id), detail: { reason: body.reason } };
      return audited(connection, act, async () => {
        if (await endSilence(connection, id)) return { id: String(id) };
        throw unknown('silence');
      });
    },
    about('Ends a silence now.', { problems: [404] }),
  );

  get(
    '/v1/maintenance-windows',
    ALERT_REQUESTS.page,
    async ({ connection }) => {
      const now = await databaseTime(connection);
      const windows = await readMaintenanceWindows(connection, MOST_PLANS);
      return {
        items: windows.map((window) => windowView(window, isInWindow(window as MaintenanceWindow, now))),
      };
    },
    about('Maintenance windows that are not over.'),
  );
  post(
    '/v1/maintenance-windows',
    ALERT_REQUESTS.window,
    async ({ body, connection, actor }) => {
      const now = await databaseTime(connection);
      const { reason, ...written } = body;
      const read = readWindow(written, now);
      if ('problems' in read) throw new OperatorError(400, 'invalid_window', `${read.problems.join('; ')}.`);
      const window = { ...read.window, reason, madeBy: actor };
      const act = { actor, action: 'windows.add', target: JSON.stringify(body.match), detail: { reason } };
      return audited(connection, act, async () => {
        await refuseBeyondLimit(connection, 'windows');
        const windowId = await addMaintenanceWindow(connection, window);
        return windowView({ ...window, windowId, madeAt: now }, isInWindow(read.window, now));
      });
    },
    about('Plans a maintenance window, once or weekly.', { problems: [409] }),
  );
  post(
    '/v1/maintenance-windows/:id/end',
    ALERT_REQUESTS.end,
    async ({ body, params, connection, actor }) => {
      const id = idOf(params['id'], 'window');
      const act = { actor, action: 'windows.end', target: String(id), detail: { reason: body.reason } };
      return audited(connection, act, async () => {
        if (await endMaintenanceWindow(connection, id)) return { id: String(id) };
        throw unknown('window');
      });
    },
    about('Ends a maintenance window now, the weekly ones that would follow as well.', { problems: [404] }),
  );
}

/** @throws OperatorError `invalid_silence` */
function readSilence(body: SilenceRequest, now: number, actor: string): Silence {
  const problems: string[] = [];
  const matchers = readMatchers(body.match, 'match', problems);
  const startsAt = body.starts_at === undefined ? now : Date.parse(body.starts_at);
  const endsAt =
    body.minutes === undefined ? Date.parse(body.ends_at ?? '') : startsAt + body.minutes * MINUTE_MS;
  if (!(endsAt > startsAt)) problems.push('it must end after it starts');
  else if (endsAt <= now) problems.push('it is over already');
  else if (endsAt - startsAt > LONGEST_SILENCE_MS)
    problems.push(`it lasts at most ${LONGEST_SILENCE_MS / 86_400_000} days`);
  if (problems.length > 0) throw new OperatorError(400, 'invalid_silence', `${problems.join('; ')}.`);
  return { matchers, startsAt, endsAt, reason: body.reason, madeBy: actor };
}

function idOf(text = '', what: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw unknown(what);
}

const unknown = (what: string): OperatorError =>
  new OperatorError(404, `unknown_${what}`, `There is no such ${what}, or it is over.`);

/** @throws OperatorError `too_many_plans` */
export async function refuseBeyondLimit(connection: Connection, of: 'silences' | 'windows'): Promise<void> {
  const read = of === 'silences' ? readSilences : readMaintenanceWindows;
  if ((await read(connection, MOST_PLANS)).length < MOST_PLANS) return;
  throw new OperatorError(409, 'too_many_plans', `There are ${MOST_PLANS} ${of} already: end some of them.`);
}

export async function databaseTime(connection: Connection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS now_ms',
  );
  return Number(row?.['now_ms']);
}
