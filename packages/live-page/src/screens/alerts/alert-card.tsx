import { databaseNow } from '../../data/live.js';
import { Age } from '../../parts/age.js';
import { StatusBadge } from '../../parts/status-badge.js';
import type { Alert } from './alert-answers.js';
import { causeWords, closingWords, figuresWords, quietWords } from './alert-words.js';

/** An alert in a list: what, since when, how much, why, and who looks after it. */
export function AlertCard({ alert }: { alert: Alert }) {
  const { id, severity, state, summary, started_at: startedAt, acknowledged } = alert;
  const quiet = quietWords(alert.quiet);
  const figures = figuresWords(alert);
  return (
    <article class={`alert-card alert-${state === 'resolved' ? 'over' : severity}`}>
      <StatusBadge mark={severity} />
      <div>
        <p class="alert-summary">
          <a href={`/alerts/${id}`}>{summary}</a>
        </p>
        {figures !== null && state !== 'resolved' && (
          <>
            <MissingBar alert={alert} />
            <p>{figures}</p>
          </>
        )}
        <p class="hint">
          {state === 'pending' ? 'pending, ' : ''}
          {state === 'resolved' ? 'began ' : 'since '}
          <Age at={startedAt} />
          {state === 'resolved' && <> · {closingWords(alert, databaseNow.peek())}</>} · rule {alert.rule} ·
          cause: {causeWords(alert.cause)}
          {quiet !== null && ` · ${quiet}`}
          {acknowledged !== null && ` · ${acknowledged.by} looks after it`}
        </p>
      </div>
    </article>
  );
}

/** How much of a group is missing, of what was due. */
export function MissingBar({ alert: { missing = 0, due = 0 } }: { alert: Alert }) {
  if (due === 0) return null;
  return (
    <div class="missing-bar" aria-hidden="true">
      <span style={{ width: `${Math.min(100, (100 * missing) / due)}%` }} />
    </div>
  );
}
