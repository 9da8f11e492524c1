import type { CpeOrders, DeviceNotes } from './cwmp/orders.js';
import type { Fleet } from './fleet.js';
import { INFORM_EVENTS } from './inform-events.js';
import type { Simulation } from './simulation.js';

/** What devices do when they are told to, or when something happens to them. */
export interface Behaviour extends CpeOrders {
  notesOf(device: number): DeviceNotes | undefined;
  /** The ACS has been told. */
  noted(device: number, notes: DeviceNotes): void;
  /** Boots again now and reports it after `afterMs`. */
  boot(device: number, afterMs: number, events?: number): void;
  /** Has fetched a firmware, installs it after `afterMs` and tells its ACS. */
  install(device: number, afterMs: number, commandKey: string): void;
  /** Gets a new WAN address and reports that. */
  reconnect(device: number, afterMs: number): void;
}

const { bootstrap, boot, valueChange, transferComplete, reboot, download, scheduleInform, scheduled } =
  INFORM_EVENTS;
const SECOND = 1000;

/** How long things take, milliseconds from and to; a device draws in between. */
const TAKES = {
  download: [20 * SECOND, 90 * SECOND],
  restart: [45 * SECOND, 90 * SECOND],
} as const;

/** @param random numbers in [0, 1) */
export function createBehaviour(fleet: Fleet, simulation: Simulation, random: () => number): Behaviour {
  const notes = new Map<number, DeviceNotes>();
  const note = (device: number): DeviceNotes => {
    let known = notes.get(device);
    if (known === undefined) notes.set(device, (known = { commandKeys: {}, transfers: [] }));
    return known;
  };
  const draw = ([from, to]: readonly [number, number]): number => from + random() * (to - from);

  const bootNow = (device: number, afterMs: number, events: number = boot.bit): void => {
    simulation.later(afterMs, () => {
      simulation.change([device], () => (fleet.bootMs[device] = simulation.nowMs()));
    });
    simulation.tell(device, events, afterMs);
  };

  const install = (device: number, afterMs: number, commandKey: string): void => {
    const startTime = new Date(simulation.nowMs()).toISOString();
    simulation.later(afterMs, () => {
      // Only a session has room for what else there is to say.
      if (fleet.wayOf(device) === 'cwmp') {
        const known = note(device);
        known.commandKeys[download.code] = commandKey;
        const completeTime = new Date(simulation.nowMs()).toISOString();
        known.transfers.push({ commandKey, faultCode: 0, startTime, completeTime });
      }
      bootNow(device, 0, boot.bit | transferComplete.bit | download.bit);
    });
  };

  return {
    notesOf: (device) => notes.get(device),
    noted(device, told) {
      if (notes.get(device) === told) notes.delete(device);
    },
    boot: bootNow,
    reconnect(device, afterMs) {
      simulation.later(afterMs, () => simulation.change([device], () => (fleet.addressTurn[device]! += 1)));
      simulation.tell(device, valueChange.bit, afterMs);
    },
    install,
    download: (device, commandKey) => install(device, draw(TAKES.download), commandKey),
    reboot(device, commandKey) {
      note(device).commandKeys[reboot.code] = commandKey;
      bootNow(device, draw(TAKES.restart), boot.bit | reboot.bit);
    },
    factoryReset: (device) => bootNow(device, draw(TAKES.restart), bootstrap.bit | boot.bit),
    scheduleInform(device, delaySeconds, commandKey) {
      simulation.later(delaySeconds * SECOND, () => {
        note(device).commandKeys[scheduleInform.code] = commandKey;
      });
      simulation.tell(device, scheduled.bit | scheduleInform.bit, delaySeconds * SECOND);
    },
    setInterval(device, seconds) {
      simulation.change([device], () => (fleet.intervalMs[device] = seconds * SECOND));
      simulation.reschedule([device]);
    },
  };
}
