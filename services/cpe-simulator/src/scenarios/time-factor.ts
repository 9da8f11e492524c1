import { fail } from './scenario-error.js';

/** A day in a minute and a half: shorter, and steps fall together. */
export const MOST_FASTER = 1000;

/**
 * By how much all times of a scenario are divided: its steps, what it lets devices wait for, and the interval it sets.
 * @throws ScenarioError
 */
export function readFaster(text: unknown): number {
  const faster = Number(text);
  if (!(faster >= 1 && faster <= MOST_FASTER)) fail(`faster must be a number from 1 to ${MOST_FASTER}`);
  return faster;
}
