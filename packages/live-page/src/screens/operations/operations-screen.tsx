import { useEffect } from 'preact/hooks';
import { isOperator } from '../../data/session.js';
import { showTitle } from '../../frame/title.js';
import { AuditView } from './audit-view.js';
import { CoverageView } from './coverage-view.js';
import { DeadLetterView } from './dead-letter-view.js';
import { DeadLettersView } from './dead-letters-view.js';
import { JobsView } from './jobs-view.js';
import { ParkedView } from './parked-view.js';
import { SourcesView } from './sources-view.js';

const PARTS = [
  { part: 'dead-letters', text: 'Dead letters' },
  { part: 'parked', text: 'Parked devices' },
  { part: 'jobs', text: 'Replay and jobs' },
  { part: 'coverage', text: 'Mapping coverage' },
  { part: 'sources', text: 'Sources' },
  { part: 'audit', text: 'Audit' },
] as const;

/** What operators look after: events that were given up, second passes, what devices send, and who did what. */
export function OperationsScreen({ part }: { part: string }) {
  const [name = '', ...rest] = part === '' ? ['dead-letters'] : part.split('/');
  const known = PARTS.find((each) => each.part === name);
  useEffect(() => showTitle(known?.text ?? 'Operations'), [known]);
  return (
    <div class="operations">
      <header class="alerts-head">
        <h1>Operations</h1>
        <nav aria-label="Operations">
          <ul class="tabs">
            {PARTS.map((each) => (
              <li key={each.part}>
                <a
                  href={`/operations/${each.part}`}
                  {...(each.part === name ? { 'aria-current': 'page' as const } : {})}
                >
                  {each.text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      {!isOperator.value && <p class="note">You may look; whoever acts here needs the role operator.</p>}
      <Shown name={name} of={decoded(rest.join('/'))} />
    </div>
  );
}

/** @param of what stands behind the name in the address */
function Shown({ name, of }: { name: string; of: string }) {
  switch (name) {
    case 'dead-letters':
      return of === '' ? <DeadLettersView /> : <DeadLetterView key={of} position={of} />;
    case 'parked':
      return <ParkedView />;
    case 'jobs':
      return <JobsView />;
    case 'coverage':
      return <CoverageView />;
    case 'sources':
      return <SourcesView />;
    case 'audit':
      return <AuditView />;
    default:
      return <p class="empty">There is no such part.</p>;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
