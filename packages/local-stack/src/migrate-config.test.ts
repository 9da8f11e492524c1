import { passwordVariable, readMigrateEnvironment } from './migrate-config.js';

const URL = 'mysql://root:a-password@mysql:3306/cpemon';
const ALL = Object.fromEntries(
  (['migrator', 'ingest', 'writer', 'api', 'reporting', 'maintenance'] as const).map((role) => [
    passwordVariable(role),
    `${role}-pass`,
  ]),
);

test('a database and the password of every role are read', () => {
  const { admin, passwords } = readMigrateEnvironment({ DATABASE_URL: URL, ...ALL });
  expect(admin).toMatchObject({ user: 'root', host: 'mysql', schema: 'cpemon' });
  expect(passwords).toMatchObject({ migrator: 'migrator-pass', maintenance: 'maintenance-pass' });
});

test('without passwords only the schema is changed', () => {
  expect(readMigrateEnvironment({ DATABASE_URL: URL })).not.toHaveProperty('passwords');
});

test('every problem is told at once, and no secret', () => {
  const { DATABASE_PASSWORD_API, DATABASE_PASSWORD_WRITER, ...some } = ALL;
  expect([DATABASE_PASSWORD_API, DATABASE_PASSWORD_WRITER]).not.toContain(undefined);
  expect(() =>
    readMigrateEnvironment({ DATABASE_URL: 'http://root:a-password@mysql/cpemon', ...some }),
  ).toThrow(/^DATABASE_URL must begin with mysql:\/\/\n?|_WRITER is required/);
  try {
    readMigrateEnvironment({ DATABASE_URL: 'http://root:a-password@mysql/cpemon', ...some });
  } catch (error) {
    expect((error as Error).message.split('\n')).toEqual([
      'DATABASE_URL must begin with mysql://',
      'DATABASE_PASSWORD_WRITER is required, as others are set',
      'DATABASE_PASSWORD_API is required, as others are set',
    ]);
  }
  expect(() => readMigrateEnvironment({})).toThrow('DATABASE_URL is required');
});
