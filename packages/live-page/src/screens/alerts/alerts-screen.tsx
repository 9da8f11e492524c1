import { useEffect } from 'preact/hooks';
import { isOperator } from '../../data/session.js';
import { place } from '../../frame/router.js';
import { showTitle } from '../../frame/title.js';
import { AlertInFullView } from './alert-in-full.js';
import { AlertListView } from './alert-list.js';
import { ReceiversView } from './receivers-view.js';
import { SilencesView } from './silences-view.js';
import { WindowsView } from './windows-view.js';

const VIEWS = [
  { view: '', text: 'Open' },
  { view: 'resolved', text: 'Over' },
  { view: 'silences', text: 'Silences' },
  { view: 'windows', text: 'Maintenance windows' },
  { view: 'receivers', text: 'Receivers' },
] as const;

/** What somebody should be told: open group alarms first; what nobody is to be told of; how receivers fare. */
export function AlertsScreen({ id }: { id: string | null }) {
  const view = place.value.query.get('view') ?? '';
  useEffect(() => showTitle(id === null ? 'Alerts' : `Alert ${id}`), [id]);
  if (id !== null) return <AlertInFullView key={id} id={id} />;
  return (
    <div class="alerts">
      <header class="alerts-head">
        <h1>Alerts</h1>
        <nav aria-label="Alerts">
          <ul class="tabs">
            {VIEWS.map(({ view: each, text }) => (
              <li key={each}>
                <a
                  href={each === '' ? '/alerts' : `/alerts?view=${each}`}
                  {...(each === view ? { 'aria-current': 'page' as const } : {})}
                >
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      {!isOperator.value && (
        <p class="hint">You see alerts; acknowledging, silences and windows need the role operator.</p>
      )}
      <Shown view={view} />
    </div>
  );
}

function Shown({ view }: { view: string }) {
  if (view === 'silences') return <SilencesView />;
  if (view === 'windows') return <WindowsView />;
  if (view === 'receivers') return <ReceiversView />;
  return <AlertListView key={view} state={view === 'resolved' ? 'resolved' : 'open'} />;
}
