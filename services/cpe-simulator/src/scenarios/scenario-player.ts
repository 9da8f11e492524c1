import type { Stage } from './action.js';
import { ACTIONS } from './actions.js';
import type { Scenario, ScenarioStep } from './scenario-file.js';
import { select } from './selection.js';

/** A scenario that runs. */
export interface RunningScenario {
  name: string;
  summary: string;
  expect: string;
  /** RFC 3339. */
  startedAt: string;
  /** What happened so far, and to how many devices. */
  steps: { at: number; action: string; state: 'waiting' | 'on' | 'over'; devices: number }[];
}

/** Scenarios on and off while the fleet runs; any number at once. */
export interface ScenarioPlayer {
  start(scenario: Scenario): RunningScenario;
  /** Undoes what is still on. @returns whether it ran */
  stop(name: string): boolean;
  running(): RunningScenario[];
}

export function createScenarioPlayer(stage: Stage): ScenarioPlayer {
  const running = new Map<string, { view: RunningScenario; stop: () => void }>();

  const play = (
    step: ScenarioStep,
    view: RunningScenario['steps'][number],
    isOver: () => boolean,
  ): (() => void) => {
    let undo: (() => void) | undefined;
    const end = (): void => {
      view.state = 'over';
      undo?.();
      undo = undefined;
    };
    const begin = (): void => {
      if (isOver()) return;
      const devices = select(stage.fleet, step.select, stage.random);
      view.state = 'on';
      view.devices = devices.length;
      undo = ACTIONS[step.action].begin(stage, devices, step.parameters as never);
    };
    if (step.at === 0) begin();
    else stage.simulation.later(step.at * 1000, begin);
    if (step.until !== undefined) stage.simulation.later(step.until * 1000, () => !isOver() && end());
    return end;
  };

  const stop = (name: string): boolean => {
    const found = running.get(name);
    running.delete(name);
    found?.stop();
    return found !== undefined;
  };

  return {
    start(scenario) {
      stop(scenario.name);
      const { name, summary, expect, steps } = scenario;
      const view: RunningScenario = {
        ...{ name, summary, expect, startedAt: new Date(stage.simulation.nowMs()).toISOString() },
        steps: steps.map(({ at, action }) => ({ at, action, state: 'waiting' as const, devices: 0 })),
      };
      let over = false;
      const ends = steps.map((step, index) => play(step, view.steps[index]!, () => over));
      const stopAll = (): void => {
        over = true;
        for (const end of ends.reverse()) end();
      };
      running.set(name, { view, stop: stopAll });
      return view;
    },
    stop,
    running: () => [...running.values()].map(({ view }) => view),
  };
}
