import { ADMIN_STATES, HEALTHS, REACHABILITIES } from '@cpemon/domain';
import type { DirectoryRow } from '@cpemon/store';
import { createNameTable } from './name-table.js';

/** What devices are filtered and ordered by, a number for each slot; some 30 bytes a device. */
export function createDirectoryColumns() {
  let room = 1024;
  let models = new Uint32Array(room);
  let firmwares = new Uint32Array(room);
  let labelSets = new Uint32Array(room);
  let sources = new Uint16Array(room);
  let states = new Uint8Array(room);
  let healths = new Uint8Array(room);
  let adminStates = new Uint8Array(room);
  let sinces = new Float64Array(room);
  let present = new Uint8Array(room);
  const modelNames = createNameTable();
  const firmwareNames = createNameTable();
  const sourceNames = createNameTable();

  const grow = (): void => {
    room *= 2;
    const wider = <T extends Uint32Array | Uint16Array | Uint8Array | Float64Array>(
      column: T,
      next: T,
    ): T => {
      next.set(column);
      return next;
    };
    models = wider(models, new Uint32Array(room));
    firmwares = wider(firmwares, new Uint32Array(room));
    labelSets = wider(labelSets, new Uint32Array(room));
    sources = wider(sources, new Uint16Array(room));
    states = wider(states, new Uint8Array(room));
    healths = wider(healths, new Uint8Array(room));
    adminStates = wider(adminStates, new Uint8Array(room));
    sinces = wider(sinces, new Float64Array(room));
    present = wider(present, new Uint8Array(room));
  };

  return {
    ...{ modelNames, firmwareNames, sourceNames },
    put(slot: number, row: DirectoryRow): void {
      while (slot >= room) grow();
      models[slot] = modelNames.numberOf(row.model ?? '');
      firmwares[slot] = firmwareNames.numberOf(row.firmware ?? '');
      labelSets[slot] = row.labelSetId;
      sources[slot] = Math.min(sourceNames.numberOf(row.source), 0xffff);
      states[slot] = REACHABILITIES.indexOf(row.reachability);
      healths[slot] = HEALTHS.indexOf(row.health);
      adminStates[slot] = ADMIN_STATES.indexOf(row.adminState);
      sinces[slot] = row.since;
      present[slot] = 1;
    },
    remove(slot: number): void {
      if (slot < room) present[slot] = 0;
    },
    model: (slot: number): number => models[slot]!,
    firmware: (slot: number): number => firmwares[slot]!,
    labelSet: (slot: number): number => labelSets[slot]!,
    source: (slot: number): number => sources[slot]!,
    reachability: (slot: number): number => states[slot]!,
    health: (slot: number): number => healths[slot]!,
    adminState: (slot: number): number => adminStates[slot]!,
    since: (slot: number): number => sinces[slot]!,
    isPresent: (slot: number): boolean => present[slot] === 1,
  };
}

export type DirectoryColumns = ReturnType<typeof createDirectoryColumns>;
