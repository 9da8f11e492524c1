import { api } from '../../data/api.js';
import { useAnswer } from '../../data/use-answer.js';
import { devicePath } from '../../frame/url-state.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { formatDateTime, parseTime } from '../../words/format.js';
import { DeadLetterWish } from './dead-letter-wishes.js';
import { isOpen, REASONS, STATES } from './dead-letter-words.js';
import type { DeadLetterInFull } from './operations-answers.js';

const REFRESH_MS = 10_000;

/** One dead letter: why, what became of it, and the event as it lies in the log. */
export function DeadLetterView({ position }: { position: string }) {
  const asked = useAnswer<DeadLetterInFull>(
    `dead letter ${position}`,
    () =>
      api.call('getDeadLettersByPosition', { path: { position } }) as unknown as Promise<DeadLetterInFull>,
    { everyMs: REFRESH_MS },
  );
  const letter = asked.answer;
  return (
    <Panel
      title={`Dead letter ${position}`}
      aside={letter !== null && isOpen(letter) && <DeadLetterWish letter={letter} onDone={asked.reload} />}
    >
      <p class="crumb">
        <a href="/operations/dead-letters">Dead letters</a>
      </p>
      <AnswerNote of={asked} what="The dead letter" />
      {letter !== null && <Facts letter={letter} />}
    </Panel>
  );
}

function Facts({ letter }: { letter: DeadLetterInFull }) {
  const time = (at: string | null): string | null => formatDateTime(parseTime(at));
  const facts: [name: string, value: string | number | null][] = [
    ['State', STATES[letter.state]],
    ['Reason', REASONS[letter.reason]],
    ['Type', letter.type],
    ['Source', letter.source],
    ['Id', letter.id],
    ['Correlation id', letter.correlation_id],
    ['Lane', letter.lane],
    ['Received', time(letter.received_at)],
    ['Failed first', time(letter.first_failed_at)],
    ['Attempts', letter.attempts],
    ['Given up', time(letter.dead_at)],
    ['Asked by', letter.asked_by === null ? null : `${letter.asked_by}, ${time(letter.asked_at) ?? ''}`],
    ['Settled', time(letter.settled_at)],
  ];
  return (
    <>
      <p class="letter-cause">{letter.cause}</p>
      <dl class="facts">
        <div>
          <dt>Device</dt>
          <dd>
            <a href={devicePath(letter.device)}>{letter.device}</a>
          </dd>
        </div>
        {facts
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <h3>The event</h3>
      <pre class="payload" tabIndex={0}>
        {typeof letter.event === 'string' ? letter.event : JSON.stringify(letter.event, null, 2)}
      </pre>
    </>
  );
}
