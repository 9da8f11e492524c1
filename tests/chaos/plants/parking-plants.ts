import type { Plant, PlantEdit } from './plant.js';

const MYSQL = 'packages/event-log/dist/mysql';
const POISON = { poisoned: 0.03 };

/** So that dead letters come soon. */
const GIVE_UP_SOON: PlantEdit = {
  file: `${MYSQL}/parking/retry-schedule.js`,
  find: 'attempts: 5,',
  replace: 'attempts: 2,',
};

export const rejectedEventSwallowed: Plant = {
  name: 'rejected-event-swallowed',
  about: 'an event that cannot be applied is passed over and parked nowhere',
  edits: [
    {
      file: 'services/cpemon-writer/dist/lane-events.js',
      find: 'sieve.refuse(sent, { reason: error.reason, cause: error.message });',
      replace: '',
    },
  ],
  run: { minutes: 0.25, seed: 1, rate: 200, faultEveryMs: 4000, faults: ['kill-writer'], mix: POISON },
};

export const requeueAppliesTwice: Plant = {
  name: 'requeue-applies-twice',
  about: 'a dead letter is marked as applied after the transaction that applies it',
  edits: [
    {
      file: `${MYSQL}/parking/dead-letter-work.js`,
      find: "await mark(transaction, hands.membership, applied, 'applied');",
      replace: '',
    },
    {
      file: `${MYSQL}/parking/dead-letter-work.js`,
      find: 'for (const wish of wishes)\n            notTaken.delete((0, position_js_1.formatPosition)(wish));',
      replace: `await new Promise((resolve) => setTimeout(resolve, 1500));
        await hands.read((connection) => mark(connection, hands.membership, applied, 'applied'));`,
    },
    GIVE_UP_SOON,
  ],
  run: {
    ...{ minutes: 0.6, seed: 1, rate: 200, faultEveryMs: 5000, mix: POISON },
    faults: ['kill-writers-after-requeue'],
  },
};

export const parkedDeviceForgotten: Plant = {
  name: 'parked-device-forgotten',
  about: 'a new owner of a lane does not load the devices that are parked',
  edits: [
    {
      file: `${MYSQL}/consume/lane-holder.js`,
      find: 'lane.parked = await (0, parked_rows_js_1.loadParkedDevices)(connection, membership, lane.lane);',
      replace: 'lane.parked = new Map();',
    },
  ],
  run: {
    ...{ minutes: 0.3, seed: 1, rate: 200, faultEveryMs: 1500, mix: POISON },
    faults: ['kill-writer', 'restart-writer', 'scale-writers'],
  },
};
