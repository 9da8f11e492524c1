import type { Change } from '../../data/figures.js';
import { HEALTHS, STATUSES, type Mark } from '../../words/statuses.js';

/** Kinds of changes that the feed can be limited to. */
export const FEED_KINDS = ['reachability', 'health', 'condition', 'boot', 'firmware', 'fault'] as const;

const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** How a device is after a change, where the change says so. */
export function changeMark({ kind, data }: Change): Mark | null {
  const to = wordOf(data['to']);
  if (kind === 'reachability') return STATUSES.find((each) => each === to) ?? null;
  if (kind === 'health') return HEALTHS.find((each) => each === to) ?? null;
  if (kind === 'condition') {
    if (!isOpening(data)) return 'ok';
    return data['severity'] === 'critical' ? 'critical' : 'warning';
  }
  return null;
}

const isOpening = (data: Change['data']): boolean =>
  data['state'] !== undefined
    ? data['state'] === 'opened' || data['state'] === 'open'
    : data['to'] !== 'closed';

/** What happened, in a few words after the name of the device. */
export function changeWords({ kind, data }: Change): string {
  const [from, to] = [wordOf(data['from']), wordOf(data['to'])];
  const reason = wordOf(data['reason']);
  switch (kind) {
    case 'reachability':
      return [`is ${to}`, from !== '' && `(was ${from})`].filter(Boolean).join(' ');
    case 'health':
      return [`is ${to}`, reason !== '' && `: ${reason}`].filter(Boolean).join('');
    case 'condition': {
      const name = wordOf(data['text']) || wordOf(data['rule']);
      return isOpening(data) ? name : `no longer ${name}`;
    }
    case 'boot':
      return ['started', wordOf(data['cause']) && `(${wordOf(data['cause']).replaceAll('_', ' ')})`]
        .filter(Boolean)
        .join(' ');
    case 'firmware':
      return to === '' ? 'has other firmware' : `has firmware ${to}${from === '' ? '' : `, had ${from}`}`;
    case 'fault':
      return ['reports a fault', wordOf(data['code']), wordOf(data['text'])].filter(Boolean).join(' ');
    case 'erased':
      return 'was erased';
    default:
      return kind.replaceAll('_', ' ');
  }
}
