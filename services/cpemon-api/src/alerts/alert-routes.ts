import { ALERT_REQUESTS } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import { OperatorError, audited } from '@cpemon/event-log';
import {
  acknowledgeAlert,
  addSilence,
  countAlerts,
  findAlert,
  listAlerts,
  readReceiverStates,
  type AlertFilter,
  type ShownAlert,
} from '@cpemon/store';
import { cursorOf, limitOf, pageOf } from '../operators/list-page.js';
import type { OperatorRoutes } from '../operators/operator-router.js';
import type { RouteAbout } from '../routes/route-book.js';
import { rfc3339 } from '../rfc3339.js';
import { alertView, receiverView } from './alert-view.js';
import { addPlanRoutes, databaseTime, refuseBeyondLimit } from './plan-routes.js';

const about = (summary: string, more: Partial<RouteAbout> = {}): RouteAbout => ({
  ...{ summary, tag: 'alerts' },
  ...more,
});
const MINUTE_MS = 60_000;

/** Alerts, what is told of them, silences and maintenance windows. */
export function addAlertRoutes(routes: OperatorRoutes): void {
  const { get, post } = routes;
  get(
    '/v1/alerts',
    ALERT_REQUESTS.alerts,
    async ({ query, connection }) => {
      const limit = limitOf(query.limit);
      const [before] = cursorOf(query.cursor, [0] as const) ?? [];
      const { state, severity, kind, rule, device, parent } = query;
      const filter: AlertFilter = {
        ...(state === undefined ? {} : { state }),
        ...(severity === undefined ? {} : { severity }),
        ...(kind === undefined ? {} : { kind }),
        ...(rule === undefined ? {} : { rule }),
        ...(device === undefined ? {} : { serialNumber: device }),
        ...(parent === undefined ? {} : { parentId: Number(parent) }),
      };
      const page = { limit: limit + 1, ...(before === undefined ? {} : { before }) };
      const alerts = await listAlerts(connection, filter, page);
      const counts = await countAlerts(connection);
      return { ...pageOf(alerts, limit, alertView, ({ alertId }) => [alertId]), counts };
    },
    about('Alerts, the newest first.'),
  );

  get(
    '/v1/alerts/:id',
    ALERT_REQUESTS.page,
    async ({ params, connection }) => {
      const alert = await getAlert(connection, params['id']);
      const linked = await listAlerts(connection, { parentId: alert.alertId }, { limit: LINKED_SHOWN });
      return { ...alertView(alert), linked: linked.map(alertView) };
    },
    about('One alert, with those that are linked to it.', { problems: [404] }),
  );

  post(
    '/v1/alerts/:id/acknowledge',
    ALERT_REQUESTS.acknowledge,
    async ({ body, params, connection, actor }) => {
      const { note = '' } = body;
      const { alertId } = await getAlert(connection, params['id']);
      const act = { actor, action: 'alerts.acknowledge', target: String(alertId), detail: { note } };
      return audited(connection, act, async () => {
        if (!(await acknowledgeAlert(connection, { alertId, actor, note })))
          throw new OperatorError(409, 'acknowledged_before', 'Somebody has acknowledged the alert already.');
        return alertView(await getAlert(connection, String(alertId)));
      });
    },
    about('Says that somebody looks after an alert.', { problems: [404, 409] }),
  );

  post(
    '/v1/alerts/:id/silence',
    ALERT_REQUESTS.silenceAlert,
    async ({ body, params, connection, actor }) => {
      const alert = await getAlert(connection, params['id']);
      const { minutes, reason } = body;
      const matchers = { rule: [alert.rule], ...whatItIsOf(alert) };
      const act = {
        actor,
        action: 'silences.add',
        target: String(alert.alertId),
        detail: { minutes, reason },
      };
      return audited(connection, act, async () => {
        await refuseBeyondLimit(connection, 'silences');
        const startsAt = await databaseTime(connection);
        const endsAt = startsAt + minutes * MINUTE_MS;
        const silence = { matchers, startsAt, endsAt, reason, madeBy: actor };
        const id = await addSilence(connection, silence);
        return { id: String(id), match: matchers, ends_at: rfc3339(endsAt) };
      });
    },
    about('Tells nobody of an alert, or of the like of it, for some time.', { problems: [404, 409] }),
  );

  get(
    '/v1/alert-receivers',
    ALERT_REQUESTS.page,
    async ({ connection }) => {
      const now = await databaseTime(connection);
      const receivers = await readReceiverStates(connection);
      return { items: receivers.map((receiver) => receiverView(receiver, now)) };
    },
    about('How the receivers of alerts fare, and what waits for them.'),
  );

  addPlanRoutes(routes, about);
}

const LINKED_SHOWN = 100;

/** @throws OperatorError `unknown_alert` */
async function getAlert(connection: Connection, id = ''): Promise<ShownAlert> {
  const alert = /^\d{1,15}$/.test(id) ? await findAlert(connection, Number(id)) : null;
  if (alert === null) throw new OperatorError(404, 'unknown_alert', 'There is no such alert.');
  return alert;
}

const whatItIsOf = ({ kind, serialNumber, groupLabel, groupValue }: ShownAlert) =>
  kind === 'device' ? { sn: [serialNumber] } : { [groupLabel]: [groupValue] };
