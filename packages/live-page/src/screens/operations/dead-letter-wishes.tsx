import { useState } from 'preact/hooks';
import { api } from '../../data/api.js';
import { isOperator } from '../../data/session.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { toast } from '../../parts/toasts.js';
import { formatCount } from '../../words/format.js';
import { filterWords, type DeadLetterFilter } from './dead-letter-words.js';
import type { DeadLetter } from './operations-answers.js';

type Wish = 'requeue' | 'discard';

const WORDS: Record<Wish, { button: string; doing: string }> = {
  requeue: {
    button: 'Requeue',
    doing: 'It is applied in its old place. If the cause is still there, it is given up again.',
  },
  discard: { button: 'Discard', doing: 'It will never have an effect. This cannot be taken back.' },
};

/** Requeue and discard of one dead letter. */
export function DeadLetterWish({ letter, onDone }: { letter: DeadLetter; onDone: () => void }) {
  const [asked, setAsked] = useState<Wish | null>(null);
  if (!isOperator.value) return <>given up</>;
  const { position, device, cause, type } = letter;
  const wish = async (): Promise<void> => {
    if (asked === 'requeue')
      await api.call('postDeadLettersByPositionRequeue', { path: { position }, body: {} });
    else await api.call('postDeadLettersByPositionDiscard', { path: { position }, body: {} });
    toast(asked === 'requeue' ? 'It will be applied by the owner of its lane.' : 'It will be discarded.');
    onDone();
  };
  return (
    <>
      <WishButtons onAsk={setAsked} />
      {asked !== null && (
        <ConfirmDialog
          title={`${WORDS[asked].button} this event?`}
          action={WORDS[asked].button}
          isDanger={asked === 'discard'}
          onConfirm={wish}
          onClose={() => setAsked(null)}
        >
          <p>
            {type} of {device}: {cause}
          </p>
          <p>{WORDS[asked].doing}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** Requeue and discard of all dead letters that fit. */
export function ManyWishes({ filter, onDone }: { filter: DeadLetterFilter; onDone: () => void }) {
  const [asked, setAsked] = useState<Wish | null>(null);
  if (!isOperator.value || (filter.state !== undefined && filter.state !== 'dead')) return null;
  const { state: _, ...rest } = filter;
  const body =
    Object.keys(rest).length === 0 ? { all: true as const } : { filter: { state: 'dead' as const, ...rest } };
  const wish = async (): Promise<void> => {
    const name = asked === 'requeue' ? 'postDeadLettersRequeue' : 'postDeadLettersDiscard';
    const answer = await api.call(name, { body });
    toast(`${formatCount((answer as { asked?: number }).asked) ?? 'All'} asked for.`);
    onDone();
  };
  return (
    <>
      <WishButtons suffix=" all that fit" onAsk={setAsked} />
      {asked !== null && (
        <ConfirmDialog
          title={`${WORDS[asked].button} ${filterWords(filter)}?`}
          action={`${WORDS[asked].button} all`}
          isDanger={asked === 'discard'}
          onConfirm={wish}
          onClose={() => setAsked(null)}
        >
          <p>Also those that the list does not show yet. {WORDS[asked].doing}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function WishButtons({ suffix = '', onAsk }: { suffix?: string; onAsk: (wish: Wish) => void }) {
  return (
    <span class="choices">
      {(['requeue', 'discard'] as const).map((wish) => (
        <button key={wish} type="button" onClick={() => onAsk(wish)}>
          {WORDS[wish].button}
          {suffix}
        </button>
      ))}
    </span>
  );
}
