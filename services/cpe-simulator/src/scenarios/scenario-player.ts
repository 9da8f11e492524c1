import { lasting, nothing, type Action, type Stage } from './action.js';
import { ACTIONS } from './actions.js';
import type { IncidentLog } from './incident-log.js';
import type { Scenario, ScenarioStep } from './scenario-file.js';
import { select } from './selection.js';

/** A scenario that runs. */
export interface RunningScenario {
  name: string;
  summary: string;
  expect: string;
  /** RFC 3339. */
  startedAt: string;
  /** All its times are divided by this. */
  faster: number;
  /** What happened so far, and to how many devices. */
  steps: { at: number; action: string; state: 'waiting' | 'on' | 'over'; devices: number }[];
}

/** Scenarios on and off while the fleet runs; any number at once. */
export interface ScenarioPlayer {
  /** @param faster as the stage says when left out */
  start(scenario: Scenario, faster?: number): RunningScenario;
  /** Undoes what is still on. @returns whether it ran */
  stop(name: string): boolean;
  running(): RunningScenario[];
}

export function createScenarioPlayer(stage: Stage, incidents: IncidentLog): ScenarioPlayer {
  const running = new Map<string, { view: RunningScenario; stop: () => void }>();

  const play = (
    on: Stage,
    step: ScenarioStep,
    view: RunningScenario['steps'][number],
    isOver: () => boolean,
    note: (devices: readonly number[]) => () => void,
  ): (() => void) => {
    let undo: (() => void) | undefined;
    const end = (): void => {
      view.state = 'over';
      undo?.();
      undo = undefined;
    };
    const begin = (): void => {
      if (isOver()) return;
      const what: Action = ACTIONS[step.action];
      const chosen = select(on.fleet, step.select, on.random);
      const devices = what.affects?.(on.fleet, chosen) ?? chosen;
      view.state = 'on';
      view.devices = devices.length;
      const over = note(devices);
      const undoAction = what.begin(on, devices, step.parameters as never);
      undo = () => {
        over();
        undoAction();
      };
    };
    if (step.at === 0) begin();
    else on.simulation.later(lasting(on, step.at), begin);
    if (step.until !== undefined) on.simulation.later(lasting(on, step.until), () => !isOver() && end());
    return end;
  };

  const stop = (name: string): boolean => {
    const found = running.get(name);
    running.delete(name);
    found?.stop();
    return found !== undefined;
  };

  return {
    start(scenario, faster = stage.faster) {
      stop(scenario.name);
      const { name, summary, expect, steps, truth } = scenario;
      const on = { ...stage, faster };
      const view: RunningScenario = {
        ...{ name, summary, expect, startedAt: new Date(stage.simulation.nowMs()).toISOString(), faster },
        steps: steps.map(({ at, action }) => ({ at, action, state: 'waiting' as const, devices: 0 })),
      };
      let over = false;
      const ends = steps.map((step, index) =>
        play(
          ...([on, step, view.steps[index]!, () => over] as const),
          index === truth?.step ? (devices) => incidents.begin(scenario, devices, faster) : () => nothing,
        ),
      );
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
