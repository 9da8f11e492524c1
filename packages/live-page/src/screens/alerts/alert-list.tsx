import { api } from '../../data/api.js';
import { alertsVersion } from '../../data/live.js';
import { usePages } from '../../data/use-pages.js';
import { place, setQuery } from '../../frame/router.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { MoreButton } from '../../parts/more-button.js';
import type { Alert } from './alert-answers.js';
import { AlertCard } from './alert-card.js';
import { orderAlerts } from './alert-words.js';
import { ALERT_REFRESH_MS } from './use-alert-answer.js';

/** Open ones are put in order here, so all of them are needed; those that are over are read from the newest on. */
const ROWS = { open: '500', resolved: '100' } as const;

/** Alerts that are open, or over; acknowledged ones apart. */
export function AlertListView({ state }: { state: 'open' | 'resolved' }) {
  const { query } = place.value;
  const severity = severityOf(query.get('severity'));
  const kind = kindOf(query.get('kind'));
  const pages = usePages<Alert>(
    `alerts ${state} ${severity ?? ''} ${kind ?? ''}`,
    (cursor) => api.call('getAlerts', { query: { state, severity, kind, cursor, limit: ROWS[state] } }),
    { everyMs: ALERT_REFRESH_MS, version: alertsVersion.value },
  );
  const { asked, items } = pages;
  const shown = state === 'open' ? orderAlerts(items) : items;
  const acknowledged = shown.filter((alert) => state === 'open' && alert.acknowledged !== null);
  const waiting = shown.filter((alert) => !acknowledged.includes(alert));
  return (
    <>
      <Filters severity={severity} kind={kind} />
      <AnswerNote of={asked} what="Alerts" />
      {asked.answer !== null && shown.length === 0 && (
        <p class="empty">{state === 'open' ? 'No alert is open.' : 'No alert is kept that is over.'}</p>
      )}
      <Cards label={state === 'open' ? 'Open alerts' : 'Alerts that are over'} alerts={waiting} />
      {acknowledged.length > 0 && (
        <>
          <h2>Acknowledged</h2>
          <Cards label="Acknowledged alerts" alerts={acknowledged} />
        </>
      )}
      <MoreButton of={pages} />
    </>
  );
}

function Cards({ label, alerts }: { label: string; alerts: readonly Alert[] }) {
  if (alerts.length === 0) return null;
  return (
    <ul class="alert-cards" aria-label={label}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <AlertCard alert={alert} />
        </li>
      ))}
    </ul>
  );
}

function Filters({
  severity,
  kind,
}: {
  severity: Alert['severity'] | undefined;
  kind: Alert['kind'] | undefined;
}) {
  return (
    <p class="alert-filters">
      <select
        aria-label="Severity"
        value={severity ?? ''}
        onChange={({ currentTarget }) => setQuery({ severity: currentTarget.value })}
      >
        <option value="">Every severity</option>
        <option value="critical">Critical</option>
        <option value="warning">Warning</option>
      </select>{' '}
      <select
        aria-label="Kind"
        value={kind ?? ''}
        onChange={({ currentTarget }) => setQuery({ kind: currentTarget.value })}
      >
        <option value="">Groups and devices</option>
        <option value="group">Groups</option>
        <option value="device">Devices</option>
      </select>
    </p>
  );
}

const severityOf = (text: string | null): Alert['severity'] | undefined =>
  text === 'critical' || text === 'warning' ? text : undefined;
const kindOf = (text: string | null): Alert['kind'] | undefined =>
  text === 'group' || text === 'device' ? text : undefined;
