import { startFaultProxy, type FaultProxy } from '../../../../tests/support/fault-proxy.js';
import { createTestDatabase } from '../../../../tests/support/test-database.js';
import type { EventLogAdapter, Link, LogUnderTest } from '../contract/event-log-adapter.js';
import { describeEventLog } from '../contract/event-log-contract.js';
import { readRecorded, readWholeLog } from '../contract/log-probe.js';
import { createRecordingTable } from '../contract/recording-applier.js';
import { createMySqlAppender } from './append/appender.js';
import { startMySqlConsumer } from './consume/consumer.js';
import { askDeadLetter } from './parking/dead-letter-wishes.js';
import { listDeadLetters } from './parking/dead-letters.js';
import { readLogStats } from './log-stats.js';

const adapter: EventLogAdapter = {
  async create(): Promise<LogUnderTest> {
    const database = await createTestDatabase();
    const { pool } = database;
    await createRecordingTable(pool);
    const proxies = new Map<Link, FaultProxy>();
    const through = (link: Link | undefined) =>
      (link === undefined ? undefined : proxies.get(link)?.address) ?? database.address;

    return {
      lanes: 16,
      appender: ({ producer = 'test', link, ...options } = {}) =>
        createMySqlAppender({ address: through(link), producer, ...options }),
      consumer: ({ group = 'state', link, batchEvents, ...options }) =>
        startMySqlConsumer({
          ...{ address: through(link), group, version: 'test', ...options },
          ...(batchEvents === undefined ? {} : { limits: { events: batchEvents } }),
        }),
      async openLink() {
        const proxy = await startFaultProxy(database.address);
        proxies.set(proxy, proxy);
        return proxy;
      },
      stats: (group) => readLogStats(pool, group),
      readLog: () => readWholeLog(pool),
      readApplied: async () =>
        (await readRecorded(pool)).map(({ seq, ...entry }) => ({ ...entry, sequence: seq })),
      deadLetters: async (group) =>
        (await listDeadLetters(pool, group, {}, { limit: 100 })).sort(
          (a, b) => a.lane - b.lane || a.sequence - b.sequence,
        ),
      async requeue(group, position) {
        const connection = await pool.getConnection();
        try {
          await askDeadLetter(connection, group, position, 'requeue', 'test');
        } finally {
          connection.release();
        }
      },
      discard: () => database.drop(),
    };
  },
};

describeEventLog('the event log on MySQL', adapter);
