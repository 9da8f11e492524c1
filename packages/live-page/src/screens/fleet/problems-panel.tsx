import { sortAlerts, type Alert } from '../../data/alerts.js';
import { api } from '../../data/api.js';
import { alertsVersion, fleet, pathsDown, pipeline } from '../../data/live.js';
import { useAnswer, useReloadOn } from '../../data/use-answer.js';
import { devicePath } from '../../frame/url-state.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { formatCount, formatShare } from '../../words/format.js';

const SHOWN = '100';
/** The stream tells of alerts; this is for one that it could not. */
const ASK_AGAIN_MS = 30_000;
/** An alert is told when it is committed; many at once are asked for once. */
const GATHER_MS = 300;

/** What is wrong, the largest first: what CPEmon itself cannot do, groups, then single devices. */
export function ProblemsPanel() {
  const answered = useAnswer(
    'alerts',
    async () =>
      (await api.call('getAlerts', { query: { state: 'open', limit: SHOWN } })) as unknown as Answer,
    { everyMs: ASK_AGAIN_MS },
  );
  useReloadOn(alertsVersion.value, answered.reload, GATHER_MS);
  const { open, held, acknowledged } = sortAlerts(answered.answer?.items ?? []);
  const own = ownProblems();
  const isMore = typeof answered.answer?.next_cursor === 'string';
  return (
    <Panel
      title="Problems"
      kind="problems"
      aside={<a href="/alerts">{isMore ? `all of more than ${SHOWN} alerts` : 'all alerts'}</a>}
    >
      <AnswerNote of={answered} what="Problems" />
      {own.length > 0 && (
        <ul class="own-problems" aria-label="Problems of CPEmon itself">
          {own.map(({ text, since }) => (
            <li key={text}>
              <StatusBadge mark="critical" text={text} />{' '}
              {since !== null && (
                <small>
                  since <Age at={since} />
                </small>
              )}
            </li>
          ))}
        </ul>
      )}
      {answered.answer !== null && (
        <AlertTable
          label="Open problems"
          alerts={open}
          empty={
            own.length + held.length > 0 ? 'No alert is open.' : 'Nothing is wrong that a rule watches for.'
          }
        />
      )}
      {held.length > 0 && (
        <details class="held">
          <summary>{formatCount(held.length)} held back: may pass, or belong to something larger</summary>
          <AlertTable label="Problems that are held back" alerts={held} empty="" />
        </details>
      )}
      {acknowledged.length > 0 && (
        <details class="acknowledged">
          <summary>{formatCount(acknowledged.length)} acknowledged</summary>
          <AlertTable label="Acknowledged problems" alerts={acknowledged} empty="" />
        </details>
      )}
    </Panel>
  );
}

interface Answer {
  items: Alert[];
  next_cursor?: string | null;
}

/** What CPEmon cannot do at the moment, and what its figures therefore do not say. */
function ownProblems(): { text: string; since: string | null }[] {
  const { silences = [], writers } = pipeline.value ?? {};
  const acceptedAt = new Map(fleet.value?.intake.map(({ path, accepted_at: at }) => [path, at]));
  return [
    ...(writers?.length === 0
      ? [{ text: 'No writer is running: device states stand still', since: null }]
      : []),
    ...pathsDown.value.map((path) => ({
      text: `Nobody takes events by ${path}`,
      since: acceptedAt.get(path) ?? null,
    })),
    ...silences
      .filter(({ until }) => until === null)
      .map(({ kind, name, devices, since }) => ({
        text: `${kind === 'model' ? 'Model' : 'Source'} ${name} is silent: ${formatCount(devices)} devices unknown`,
        since,
      })),
  ];
}

function AlertTable({ label, alerts, empty }: { label: string; alerts: readonly Alert[]; empty: string }) {
  return (
    <DataTable
      label={label}
      rows={alerts}
      keyOf={({ id }) => id}
      empty={empty}
      rowClass={({ kind }) => `alert-${kind}`}
      columns={[
        {
          title: 'Severity',
          cell: ({ severity }) => <StatusBadge mark={severity} text={severity} />,
        },
        { title: 'What', cell: (alert) => <AlertWords alert={alert} /> },
        { title: 'Cause', isExtra: true, cell: ({ cause }) => <span class="cause">{cause}</span> },
        { title: 'Since', cell: ({ started_at: at }) => <Age at={at} plain /> },
        {
          title: 'Looked after',
          isExtra: true,
          cell: ({ acknowledged, quiet }) => acknowledged?.by ?? (quiet === null ? '' : `quiet: ${quiet}`),
        },
      ]}
    />
  );
}

function AlertWords({ alert }: { alert: Alert }) {
  const { id, kind, group, missing, due, sn, summary } = alert;
  return (
    <>
      <a href={`/alerts/${id}`}>{group === undefined ? summary : `${group.label} ${group.value}`}</a>{' '}
      {kind === 'group' && missing !== undefined && (
        <small>
          {formatCount(missing)} of {formatCount(due)} missing ({formatShare(missing, due) ?? 'none due'})
        </small>
      )}
      {kind === 'device' && sn !== null && sn !== undefined && (
        <small>
          <a href={devicePath(sn)}>{sn}</a>
        </small>
      )}
    </>
  );
}
