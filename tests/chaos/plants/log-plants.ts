import type { Plant } from './plant.js';

export const replayCountsTwice: Plant = {
  name: 'replay-counts-twice',
  about: 'a replay applies events as if they came for the first time',
  edits: [
    {
      file: 'services/cpemon-writer/dist/device-applier.js',
      find: "if (batches.some(({ mode }) => mode === 'replay'))",
      replace: 'if (batches.length === 0)',
    },
  ],
  run: { minutes: 0.25, seed: 1, rate: 200, faultEveryMs: 3000, faults: ['operator-replay'] },
};

export const retentionTooFar: Plant = {
  name: 'retention-one-partition-too-far',
  about: 'the partition at the low-water mark goes as well, with what a mandatory group has not read',
  edits: [
    {
      file: 'packages/store/dist/drop-log-partitions.js',
      find: 'endHour <= lowWaterHour)',
      replace: 'endHour <= lowWaterHour + 1)',
    },
    {
      file: 'packages/store/dist/drop-log-partitions.js',
      find: 'if (await holdsUnapplied(connection, name)) {',
      replace: 'if (false) {',
    },
  ],
  run: { minutes: 0.2, seed: 1, rate: 200, faultEveryMs: 3000, faults: ['retention'] },
};
