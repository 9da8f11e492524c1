import { CLOCKS, SILENCE, type Clock } from '../fleet.js';
import { INFORM_EVENTS } from '../inform-events.js';
import { oltReads, sessionBegins, sessionStops } from './access-network.js';
import { action, again, draw, lasting, nothing, ramp, type Action, type Range } from './action.js';

/** TR-069 Amendment 6, A.3.2.8. */
const LONGEST_COMMAND_KEY = 32;
/** What an OLT reads of an ONT before any of its light is lost, dBm. */
const USUAL_OLT_RX_DBM = -22;
const RESET_SECONDS: Range = [45, 90];

/** What happens to single devices while they report. */
export const DEVICE_ACTIONS = {
  reboot: action({ withinSeconds: [0, 30] as Range }, (stage, devices, { withinSeconds }) => {
    for (const device of devices) stage.behaviour.boot(device, draw(stage, withinSeconds));
    return nothing;
  }),
  'reboot-loop': action({ everySeconds: [60, 120] as Range }, (stage, devices, { everySeconds }) => {
    const stops = devices.map((device) =>
      again(
        stage,
        () => draw(stage, everySeconds),
        () => stage.behaviour.boot(device, 0),
      ),
    );
    return () => stops.forEach((stop) => stop());
  }),
  'factory-reset': action({}, (stage, devices) => {
    const { bootstrap, boot } = INFORM_EVENTS;
    for (const device of devices)
      stage.behaviour.boot(device, draw(stage, RESET_SECONDS), bootstrap.bit | boot.bit);
    return nothing;
  }),
  firmware: action(
    {
      version: 'V9.9.9',
      withinSeconds: [0, 30] as Range,
      productClass: '',
      renames: {},
    },
    (stage, devices, { version, withinSeconds, productClass, renames }) => {
      const { fleet, simulation, behaviour } = stage;
      let undone = false;
      for (const device of devices) {
        const afterMs = draw(stage, withinSeconds);
        simulation.later(afterMs, () => {
          if (undone) return;
          simulation.change([device], () => {
            fleet.setSoftwareVersion([device], version);
            fleet.rename([device], { paths: renames, ...(productClass === '' ? {} : { productClass }) });
          });
        });
        behaviour.install(device, afterMs, `firmware ${version}`.slice(0, LONGEST_COMMAND_KEY));
      }
      return () => {
        undone = true;
        simulation.change(devices, (device) => {
          fleet.setSoftwareVersion([device], undefined);
          fleet.rename([device], undefined);
        });
      };
    },
  ),
  interval: action({ seconds: 3600 }, (stage, devices, { seconds }) => {
    const { fleet, simulation } = stage;
    const before = devices.map((device) => fleet.intervalMs[device]!);
    simulation.change(devices, (device) => (fleet.intervalMs[device] = lasting(stage, seconds)));
    simulation.reschedule(devices);
    return () => {
      simulation.change(devices, nothing);
      devices.forEach((device, index) => (fleet.intervalMs[device] = before[index]!));
      simulation.reschedule(devices);
    };
  }),
  'optical-loss': action({ db: 6, overSeconds: 86_400 }, (stage, devices, { db, overSeconds }) => {
    const { fleet, simulation } = stage;
    const stop = ramp(stage, overSeconds, (part) => {
      simulation.change(devices, (device) => (fleet.opticalLossDb[device] = db * part));
      for (const device of devices) oltReads(stage, device, USUAL_OLT_RX_DBM - db * part);
    });
    return () => {
      stop();
      simulation.change(devices, (device) => (fleet.opticalLossDb[device] = 0));
    };
  }),
  'line-noise': action({ db: 8, overSeconds: 600 }, (stage, devices, { db, overSeconds }) => {
    const { fleet, simulation } = stage;
    const stop = ramp(stage, overSeconds, (part) =>
      simulation.change(devices, (device) => (fleet.lineLossDb[device] = db * part)),
    );
    return () => {
      stop();
      simulation.change(devices, (device) => (fleet.lineLossDb[device] = 0));
    };
  }),
  'internet-down': action({}, (stage, devices) => {
    const { fleet, simulation, behaviour } = stage;
    const set = (device: number, down: 0 | 1): void => {
      simulation.change([device], () => (fleet.internetDown[device] = down));
      simulation.tell(device, INFORM_EVENTS.valueChange.bit, 0);
    };
    for (const device of devices) {
      set(device, 1);
      sessionStops(stage, device, 'Service Unavailable', 0);
    }
    return () => {
      for (const device of devices) {
        set(device, 0);
        behaviour.reconnect(device, 0);
        sessionBegins(stage, device, 0);
      }
    };
  }),
  reconnect: action({ withinSeconds: [0, 30] as Range }, (stage, devices, { withinSeconds }) => {
    for (const device of devices) {
      const afterMs = draw(stage, withinSeconds);
      stage.behaviour.reconnect(device, afterMs);
      sessionStops(stage, device, 'User Request', afterMs);
      sessionBegins(stage, device, afterMs);
    }
    return nothing;
  }),
  clock: action<{ is: Clock }>({ is: 'unset' }, ({ fleet, simulation }, devices, { is }) => {
    simulation.change(devices, (device) => (fleet.clock[device] = Math.max(0, CLOCKS.indexOf(is))));
    return () => simulation.change(devices, (device) => (fleet.clock[device] = 0));
  }),
  'end-early': action({}, ({ simulation: { world } }, devices) => {
    for (const device of devices) world.endsEarly.add(device);
    return () => devices.forEach((device) => world.endsEarly.delete(device));
  }),
  swap: action({}, ({ fleet, simulation }, devices) => {
    const first = fleet.size;
    simulation.silence(devices, SILENCE.gone);
    devices.forEach((device, index) => fleet.replace(device, first + index));
    simulation.resize(first + devices.length);
    return nothing;
  }),
  clone: action({}, ({ fleet, simulation }, devices) => {
    const [original, ...clones] = devices;
    simulation.change(clones, (clone) => fleet.clone(clone, original));
    return () => simulation.change(clones, (clone) => fleet.clone(clone, undefined));
  }),
} satisfies Record<string, Action>;
