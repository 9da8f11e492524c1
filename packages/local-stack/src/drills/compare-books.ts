import type { DeviceTruth, StoredDevice } from '../verify/compare-devices.js';

/** What a restored or promoted database lacks of what senders were told, device by device and summed. */
export interface Losses {
  /** Acknowledged before the moment that counts, and not there. */
  before: number;
  /** Acknowledged after it, and not there. */
  after: number;
  /** More often there than it was sent. */
  doubled: number;
  acknowledgedBefore: number;
  acknowledged: number;
  /** The first devices of which something of before is missing, or too much is there. */
  examples: string[];
}

const MOST_EXAMPLES = 5;

/**
 * Compares senders' books with a database that goes back to an earlier moment.
 * @param before acknowledged events of each device at that moment
 * @param truths the same books at the end
 */
export function compareBooks(
  before: ReadonlyMap<string, number>,
  truths: readonly DeviceTruth[],
  stored: ReadonlyMap<string, StoredDevice>,
): Losses {
  const losses: Losses = {
    ...{ before: 0, after: 0, doubled: 0, acknowledgedBefore: 0, acknowledged: 0 },
    examples: [],
  };
  const example = (text: string): void => {
    if (losses.examples.length < MOST_EXAMPLES) losses.examples.push(text);
  };
  for (const { sn, sent, acknowledged, in_doubt: inDoubt } of truths) {
    const [known, applied] = [before.get(sn) ?? 0, stored.get(sn)?.applied ?? 0];
    losses.acknowledgedBefore += known;
    losses.acknowledged += acknowledged;
    if (applied < known) {
      losses.before += known - applied;
      example(`${sn}: ${known} acknowledged before, ${applied} there`);
    }
    losses.after += Math.max(0, acknowledged - Math.max(applied, known));
    const most = Math.max(sent, acknowledged + inDoubt);
    if (applied > most) {
      losses.doubled += applied - most;
      example(`${sn}: ${most} sent, ${applied} there`);
    }
  }
  return losses;
}
