import type { Plant } from './plant.js';

const MYSQL = 'packages/event-log/dist/mysql';

export const acknowledgeBeforeCommit: Plant = {
  name: 'acknowledge-before-commit',
  about: 'events are acknowledged before the flush that holds them is committed',
  edits: [
    {
      file: `${MYSQL}/append/appender.js`,
      find: 'await sendUntilSettled(calls);',
      replace: 'for (const call of calls) call.resolve();\n                await sendUntilSettled(calls);',
    },
  ],
  // What has reached the database is committed though its sender is dead: so the link dies first.
  run: {
    ...{ minutes: 0.2, seed: 1, rate: 300, faultEveryMs: 2000 },
    faults: ['kill-ingest-behind-dead-link'],
  },
};

export const autoIncrementOrder: Plant = {
  name: 'auto-increment-order',
  about:
    'sequences are taken before the commit that stores the events, and readers pass what is not there yet',
  edits: [
    {
      file: 'sql/0006_generations.sql',
      find: '    INSERT INTO log_records (generation, lane, last_seq, received_hour, event_count, received_at, events)\n',
      replace:
        '    COMMIT;\n    DO SLEEP(0.02);\n    START TRANSACTION;\n' +
        '    INSERT INTO log_records (generation, lane, last_seq, received_hour, event_count, received_at, events)\n',
    },
    {
      file: `${MYSQL}/consume/lane-reader.js`,
      find: 'if (firstSequence > read.endOffset + 1)\n            break;',
      replace: 'if (firstSequence > read.endOffset + 1)\n            read.endOffset = firstSequence - 1;',
    },
  ],
  run: { minutes: 0.25, seed: 1, rate: 400, faultEveryMs: 3000, faults: ['kill-connections', 'kill-api'] },
};
