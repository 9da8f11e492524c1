import type { DeadLetter, DeadLetterState } from './operations-answers.js';

export const STATES: Readonly<Record<DeadLetterState, string>> = {
  dead: 'given up',
  requeue: 'waits to be applied',
  discard: 'waits to be discarded',
  applied: 'applied after all',
  discarded: 'discarded',
};

export const REASONS: Readonly<Record<DeadLetter['reason'], string>> = {
  refused: 'refused by the rules',
  data_error: 'refused by the database',
  unknown_type: 'of a type that this release does not know',
};

/** What somebody filters by, as the address has it. */
export interface DeadLetterFilter {
  state?: DeadLetterState;
  reason?: DeadLetter['reason'];
  device?: string;
  type?: string;
  cause?: string;
}

/** What an address filters by; what cannot be meant is left out. */
export function filterOfQuery(query: URLSearchParams): DeadLetterFilter {
  const [state, reason] = [query.get('state') ?? 'dead', query.get('reason') ?? ''];
  const texts = (['device', 'type', 'cause'] as const).flatMap((name) => {
    const text = (query.get(name) ?? '').trim();
    return text === '' ? [] : [[name, text] as const];
  });
  return {
    ...(Object.hasOwn(STATES, state) ? { state: state as DeadLetterState } : {}),
    ...(Object.hasOwn(REASONS, reason) ? { reason: reason as DeadLetter['reason'] } : {}),
    ...Object.fromEntries(texts),
  };
}

/** Those that an operator can still do something about. */
export const isOpen = ({ state }: Pick<DeadLetter, 'state'>): boolean => state === 'dead';

/** What stands in the question before all that fit are requeued or discarded. */
export function filterWords({ reason, device, type, cause }: DeadLetterFilter): string {
  const parts = [
    reason === undefined ? null : REASONS[reason],
    device === undefined ? null : `of device ${device}`,
    type === undefined ? null : `of type ${type}`,
    cause === undefined ? null : `with “${cause}” in the cause`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'all that are dead' : `all that are dead, ${parts.join(', ')}`;
}
