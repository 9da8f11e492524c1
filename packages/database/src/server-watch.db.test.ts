import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { UnsuitableServerError, type WeakSetting } from './server-checks.js';
import { watchServer, type ServerWatchOptions } from './server-watch.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrations: null });
});
afterAll(() => database.drop());

function watch(options: Partial<ServerWatchOptions> = {}) {
  const said: string[] = [];
  const seen: WeakSetting[][] = [];
  const say = (_facts: object, sentence: string) => void said.push(sentence);
  const server = watchServer({
    ...{ run: (work) => work(database.pool), allowMultiPrimary: false, everyMs: 30 },
    seen: (weak) => void seen.push([...weak]),
    logger: { warn: say, error: say },
    ...options,
  });
  return { server, said, seen };
}

test('a server that is weakened while it runs is warned of once a weakening, and seen to be mended', async () => {
  const { server, said, seen } = watch();
  const weaken = (value: number) =>
    database.pool.query('SET GLOBAL innodb_flush_log_at_trx_commit = ?', [value]);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 150));
  await server.check();
  expect(seen.at(-1)).toEqual([]);
  try {
    await weaken(2);
    await settle();
    expect(seen.at(-1)).toEqual(['innodb_flush_log_at_trx_commit']);
    expect(said).toEqual([
      'The database has innodb_flush_log_at_trx_commit = 2: a crash loses events that were acknowledged. Set it to 1.',
    ]);
  } finally {
    await weaken(1);
  }
  await settle();
  expect(seen.at(-1)).toEqual([]);
  server.stop();
});

test('a server that must not be used is refused with a sentence; one that is away passes its error on', async () => {
  const old = watch({
    run: (work) =>
      work({ query: () => Promise.resolve([[{ Variable_name: 'version', Value: '8.0.1' }], []]) } as never),
  });
  await expect(old.server.check()).rejects.toThrow(UnsuitableServerError);
  await expect(old.server.check()).rejects.toThrow('CPEmon needs MySQL 8.4 or later');
  old.server.stop();
  const away = watch({ run: () => Promise.reject(new Error('away')) });
  await expect(away.server.check()).rejects.toThrow('away');
  away.server.stop();
});
