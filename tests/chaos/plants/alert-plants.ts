import type { Plant } from './plant.js';

const ALERTS = 'services/cpemon-writer/dist/alerts';

export const bookedBeforeSent: Plant = {
  name: 'booked-before-sent',
  about: 'a message of an alert is booked as sent before its receiver has taken it',
  edits: [
    {
      file: `${ALERTS}/outbox-sender.js`,
      find: 'const outcome = await sendOne(receiver, message, options, now());',
      replace: `await run(STATEMENT_WITHIN_MS, (connection) => (0, store_1.noteSent)(connection, message));
        const outcome = await sendOne(receiver, message, options, now());`,
    },
  ],
  run: {
    ...{ minutes: 0.6, seed: 1, rate: 200, faultEveryMs: 4000, mix: { sleepy: 0.1 } },
    faults: ['stop-writer'],
  },
};

export const newIdEachAttempt: Plant = {
  name: 'new-id-each-attempt',
  about:
    'messages of alerts are made under an id of their own each time, so that a receiver cannot tell a repeat',
  edits: [
    {
      file: `${ALERTS}/outbox-sender.js`,
      find: 'signedHeaders)(messageId, at, body, key)',
      replace: 'signedHeaders)(`${messageId}-${at}`, at, body, key)',
    },
  ],
  run: {
    ...{ minutes: 0.6, seed: 1, rate: 200, faultEveryMs: 4000, mix: { sleepy: 0.1 } },
    faults: ['stop-writer'],
  },
};
