import { PATHS, type Path } from '../report-ways.js';
import type { StrayKind } from '../strays.js';
import { raise } from '../world.js';
import { action, lasting, type Action } from './action.js';

/** What happens on the way to the target, and to how often something is sent. */
export const TRAFFIC_ACTIONS = {
  'dead-source': action({ paths: ['webhook'] as Path[] }, ({ simulation }, _devices, { paths }) => {
    const undo = paths.map((path) => raise(simulation.world.deadSources, path));
    return () => undo.forEach((one) => one());
  }),
  outage: action(
    { paths: [...PATHS] as Path[], allReturnAtOnce: false },
    ({ simulation }, _devices, parameters) => {
      const undo = parameters.paths.map((path) => raise(simulation.world.outages, path));
      return () => {
        undo.forEach((one) => one());
        if (parameters.allReturnAtOnce) simulation.retryAll();
      };
    },
  ),
  herd: action({}, ({ fleet, simulation }, devices) => {
    const before = devices.map((device) => fleet.phaseMs[device]!);
    for (const device of devices) fleet.phaseMs[device] = 0;
    simulation.reschedule(devices);
    return () => {
      devices.forEach((device, index) => (fleet.phaseMs[device] = before[index]!));
      simulation.reschedule(devices);
    };
  }),
  rate: action({ times: 10 }, ({ fleet, simulation }, devices, { times }) => {
    simulation.world.rate *= times;
    simulation.reschedule(devices);
    return () => {
      simulation.world.rate =
        Math.abs(simulation.world.rate / times - 1) < 1e-9 ? 1 : simulation.world.rate / times;
      simulation.reschedule(fleet.silence.keys());
    };
  }),
  chatty: action({ everySeconds: 1 }, (stage, devices, { everySeconds }) => {
    const { simulation } = stage;
    for (const device of devices) simulation.world.paceMs.set(device, lasting(stage, everySeconds));
    simulation.reschedule(devices);
    return () => {
      for (const device of devices) simulation.world.paceMs.delete(device);
    };
  }),
  duplicates: action({ share: 0.3 }, ({ simulation: { world } }, _devices, { share }) => {
    world.duplicateShare += share;
    return () => void (world.duplicateShare = Math.max(0, world.duplicateShare - share));
  }),
  late: action({ share: 0.3, seconds: 20 }, (stage, _devices, { share, seconds }) => {
    const { world } = stage.simulation;
    [world.lateShare, world.lateMs] = [share, lasting(stage, seconds)];
    return () => void (world.lateShare = 0);
  }),
  latency: action({ ms: 800 }, ({ simulation: { world } }, _devices, { ms }) => {
    world.latencyMs += ms;
    return () => void (world.latencyMs -= ms);
  }),
  strays: action<{ kind: StrayKind; perSecond: number }>(
    { kind: 'garbage', perSecond: 20 },
    ({ strays }, _devices, { kind, perSecond }) => strays.start(kind, perSecond),
  ),
} satisfies Record<string, Action>;
