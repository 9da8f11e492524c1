import type { Behaviour } from '../behaviour.js';
import type { Fleet } from '../fleet.js';
import type { Observers } from '../observers.js';
import type { Simulation } from '../simulation.js';
import type { Strays } from '../strays.js';

/** All that an action can reach. */
export interface Stage {
  fleet: Fleet;
  simulation: Simulation;
  behaviour: Behaviour;
  strays: Strays;
  observers: Observers;
  /** Numbers in [0, 1). */
  random: () => number;
  /** All times are divided by this. */
  faster: number;
}

export type Parameters = Readonly<Record<string, unknown>>;

/** Something that happens to devices, or to the way to the target, until it is undone. */
export interface Action {
  /** Parameters with their usual values; those given must be of the same kind. */
  usual: Parameters;
  /** @returns what undoes it */
  begin(stage: Stage, devices: readonly number[], parameters: never): () => void;
  /** Those of the chosen to whom it happens; all when left out. */
  affects?(fleet: Fleet, devices: readonly number[]): readonly number[];
}

/** Seconds. */
export type Range = readonly [from: number, to: number];
export const SECOND = 1000;

/** An action and the kinds of its parameters. */
export const action = <P extends Parameters>(
  usual: P,
  begin: (stage: Stage, devices: readonly number[], parameters: P) => () => void,
  affects?: Action['affects'],
): Action => ({
  usual,
  begin,
  ...(affects === undefined ? {} : { affects }),
});
/** Milliseconds of so many seconds of a scenario. */
export const lasting = ({ faster }: Stage, seconds: number): number => (seconds * SECOND) / faster;
/** Milliseconds, by chance between so many seconds. */
export const draw = (stage: Stage, [from, to]: Range): number =>
  lasting(stage, from + stage.random() * (to - from));
/** Undoes what cannot be undone, or need not be. */
export const nothing = (): void => undefined;

/** Does something again and again, each time after a wait of its own, until it is told to stop. */
export function again(stage: Stage, wait: () => number, what: () => void): () => void {
  let going = true;
  const next = (): void =>
    stage.simulation.later(wait(), () => {
      if (!going) return;
      what();
      next();
    });
  next();
  return () => void (going = false);
}

/** Lets a value go up in steps. @returns what stops it */
export function ramp(stage: Stage, overSeconds: number, step: (part: number) => void): () => void {
  const steps = 20;
  let going = true;
  for (let n = 1; n <= steps; n++) {
    stage.simulation.later(lasting(stage, overSeconds * n) / steps, () => {
      if (going) step(n / steps);
    });
  }
  return () => void (going = false);
}
