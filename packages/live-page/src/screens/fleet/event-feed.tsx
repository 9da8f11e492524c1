import { useEffect, useState } from 'preact/hooks';
import { recentChanges } from '../../data/live.js';
import type { Change } from '../../data/figures.js';
import { devicePath } from '../../frame/url-state.js';
import { Panel } from '../../parts/panel.js';
import { StatusShape } from '../../parts/status-badge.js';
import { formatClock, formatDateTime, parseTime } from '../../words/format.js';
import { changeMark, changeWords, FEED_KINDS } from './change-words.js';

const SHOWN = 60;

/** What happens to devices, as it is told; it can be held to be read. */
export function EventFeed() {
  const [held, setHeld] = useState<readonly Change[] | null>(null);
  const [kind, setKind] = useState('');
  const live = recentChanges.value;
  const changes = (held ?? live).filter((change) => kind === '' || change.kind === kind);
  const missed = held === null ? 0 : newerThan(live, held[0]);
  return (
    <Panel
      title="What happens"
      kind="feed"
      aside={
        <>
          <select
            aria-label="Kind of event"
            value={kind}
            onChange={({ currentTarget }) => setKind(currentTarget.value)}
          >
            <option value="">everything</option>
            {FEED_KINDS.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
          <button
            type="button"
            aria-pressed={held !== null}
            onClick={() => setHeld(held === null ? live : null)}
          >
            {held === null ? 'Pause' : `Go on (${missed} new)`}
          </button>
        </>
      }
    >
      {changes.length === 0 && <p class="empty">Nothing has happened since this page was opened.</p>}
      <ol class="changes" aria-label="Events">
        {changes.slice(0, SHOWN).map((change) => (
          <FeedRow key={keyOf(change)} change={change} />
        ))}
      </ol>
    </Panel>
  );
}

const keyOf = ({ kind, device_id: id, at, made_at: madeAt, data }: Change): string =>
  `${kind} ${id} ${at} ${madeAt} ${JSON.stringify(data)}`;

/** How many stand above one in a list that is newest first. */
function newerThan(changes: readonly Change[], one: Change | undefined): number {
  const found = one === undefined ? -1 : changes.indexOf(one);
  return found < 0 ? changes.length : found;
}

function FeedRow({ change }: { change: Change }) {
  const { at, serial_number: serialNumber, device_id: id, model, labels } = change;
  const atMs = parseTime(at);
  const mark = changeMark(change);
  const [isNew, setNew] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setNew(false), 1500);
    return () => clearTimeout(timer);
  }, []);
  const place = labels['pon'] ?? labels['olt'] ?? labels['region'] ?? null;
  return (
    <li class={isNew ? 'new' : ''}>
      <time dateTime={at} title={formatDateTime(atMs) ?? ''}>
        {formatClock(atMs)}
      </time>
      <span class={mark === null ? 'no-mark' : `mark-${mark}`}>
        {mark !== null && <StatusShape mark={mark} />}
      </span>
      <span class="change-words">
        {id !== null && <a href={devicePath(id)}>{serialNumber ?? `device ${id}`}</a>} {changeWords(change)}{' '}
        <small>{[model, place].filter(Boolean).join(', ')}</small>
      </span>
    </li>
  );
}
