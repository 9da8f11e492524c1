import type { Place } from './place.js';
import type { Reading } from './reading.js';

/** A story: something is done to the product, it is seen to cope, and what was done is undone. */
export interface Demo {
  name: string;
  /** One line for `--help`. */
  about: string;
  /** How long the trouble lasts, seconds. */
  troubleSeconds: number;
  /** @returns a sentence: what was done. @throws Error where this place cannot do it */
  begin(place: Place): Promise<string>;
  /** @returns a sentence: what was done. Absent: it ends by itself. */
  end?(place: Place): Promise<string>;
  /** Whether all is as before, after the trouble. */
  isOver(reading: Reading, before: Reading): boolean;
  /** What must have been seen. */
  expectations: Expectation[];
}

/** What was read, in order, and where the trouble began and ended in it. */
export interface Story {
  /** Before the trouble, during it, and after it until all was well. */
  before: Reading[];
  during: Reading[];
  after: Reading[];
}

export interface Expectation {
  /** A sentence that is true when it holds. */
  says: string;
  holds: (story: Story) => boolean;
}

export const last = (readings: readonly Reading[]): Reading => {
  const reading = readings.at(-1);
  if (reading === undefined) throw new Error('Nothing was read');
  return reading;
};

export const most = (readings: readonly Reading[], of: (reading: Reading) => number): number =>
  readings.reduce((largest, reading) => Math.max(largest, of(reading)), 0);

export const devicesIn = ({ online, degraded, stale, offline, unknown }: Reading): number =>
  online + degraded + stale + offline + unknown;
