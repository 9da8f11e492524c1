import { api } from '../../data/api.js';
import { databaseNow } from '../../data/live.js';
import type { Answered } from '../../data/use-answer.js';
import { devicePath } from '../../frame/url-state.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { formatDateTime, parseTime } from '../../words/format.js';
import { AlertActions } from './alert-actions.js';
import type { Alert, AlertInFull } from './alert-answers.js';
import { AlertCard, MissingBar } from './alert-card.js';
import { causeWords, closingWords, evidenceWords, figuresWords, quietWords } from './alert-words.js';
import { groupPath } from './group-path.js';
import { useAlertAnswer } from './use-alert-answer.js';

/** One alert: what, how much, why it is believed, what it explains, and what to do about it. */
export function AlertInFullView({ id }: { id: string }) {
  const asked = useAlertAnswer<AlertInFull>(`alert ${id}`, () => api.call('getAlertsById', { path: { id } }));
  const { answer } = asked;
  if (answer === null) return <AnswerNote of={asked} what={`Alert ${id}`} />;
  return <AlertView alert={answer} asked={asked} />;
}

function AlertView({ alert, asked }: { alert: AlertInFull; asked: Answered<unknown> }) {
  const { severity, state, summary, acknowledged, linked, parent } = alert;
  const figures = figuresWords(alert);
  return (
    <div class="alerts">
      <AnswerNote of={asked} what="The alert" />
      <header>
        <p class="crumb">
          <a href="/alerts">Alerts</a>
        </p>
        <h1 class="alert-title">
          <StatusBadge mark={severity} /> {summary}
        </h1>
        <p>
          {STATES[state]}, since <Age at={alert.started_at} />
          {acknowledged !== null && (
            <>
              {' '}
              · {acknowledged.by} looks after it since <Age at={acknowledged.at} />
              {acknowledged.note !== '' && `: ${acknowledged.note}`}
            </>
          )}
        </p>
      </header>
      <AlertActions alert={alert} onDone={asked.reload} />
      <div class="alert-parts">
        <Panel title="Figures">
          {figures !== null && (
            <>
              <MissingBar alert={alert} />
              <p>{figures}</p>
            </>
          )}
          <p>{closingWords(alert, databaseNow.peek())}</p>
          <Times alert={alert} />
          <Members alert={alert} />
        </Panel>
        <Panel title="Cause">
          <p>{causeWords(alert.cause)}</p>
          <ul class="evidence">
            {evidenceWords(alert.evidence).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          {(alert.evidence.related ?? []).length > 0 && <h3>It explains as well</h3>}
          <ul class="evidence">
            {(alert.evidence.related ?? []).map(({ label, value, failing, members }) => (
              <li key={`${label} ${value}`}>
                <a href={groupPath(label, value)}>
                  {label} {value}
                </a>
                : {failing} of {members}
              </li>
            ))}
          </ul>
        </Panel>
      </div>
      {parent !== null && (
        <p>
          Explained by <a href={`/alerts/${parent}`}>alert {parent}</a>.
        </p>
      )}
      {linked.length > 0 && (
        <Panel title="Alerts that it explains">
          <ul class="alert-cards" aria-label="Alerts that it explains">
            {linked.map((each) => (
              <li key={each.id}>
                <AlertCard alert={each} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

const STATES = {
  pending: 'Pending: it is being looked at, or has not held for long enough',
  firing: 'Firing',
  resolved: 'Over',
} as const;

function Times({ alert }: { alert: Alert }) {
  const quiet = quietWords(alert.quiet);
  const rows = [
    ['Began', alert.started_at],
    ['Fired', alert.fired_at],
    ['Told', alert.notified_at],
    ['Ended', alert.ended_at],
  ] as const;
  return (
    <>
      <dl class="facts">
        {rows
          .filter(([, at]) => at !== null)
          .map(([name, at]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{formatDateTime(parseTime(at))}</dd>
            </div>
          ))}
      </dl>
      <p class="hint">{quiet ?? (alert.notified_at === null ? 'nobody was told of it' : '')}</p>
    </>
  );
}

/** Where its devices are listed. */
function Members({ alert: { group, sn, state, evidence } }: { alert: Alert }) {
  if (sn !== undefined)
    return (
      <p>
        <a href={devicePath(sn)}>{sn}</a>
      </p>
    );
  if (group === undefined) return null;
  const { label, value } = group;
  return (
    <p>
      <a href={groupPath(label, value)}>Its devices</a>
      {state !== 'resolved' && (
        <>
          ,{' '}
          {evidence.condition === undefined ? (
            <a href={groupPath(label, value, 'offline,stale')}>those that are missing</a>
          ) : (
            <a href={groupPath(label, value, 'degraded')}>those that are degraded</a>
          )}
        </>
      )}
    </p>
  );
}
