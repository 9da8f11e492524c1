import { createConfigReader } from '@cpemon/service-kit';
import { readCwmpConfig, type CwmpConfig } from './cwmp-config.js';

const read = (env: Record<string, string>): CwmpConfig | 'off' => {
  const reader = createConfigReader(env);
  const config = readCwmpConfig(reader);
  reader.finish();
  return config;
};
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    read(env);
    return [];
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
};

test('where nothing says who may talk CWMP, nobody may', () => {
  expect(read({})).toBe('off');
  expect(read({ CWMP_AUTH: 'off', CWMP_CREDENTIALS: 'a:b' })).toBe('off');
});

test('credentials alone mean Digest; no credentials only where "none" is written out', () => {
  expect(read({ CWMP_CREDENTIALS: 'fleet:secret' })).toMatchObject({
    ...{ auth: ['digest'], algorithms: ['MD5'], port: 7547, sessionIdleMs: 60_000, ask: 'nothing' },
    ...{ strictNonceCount: false, sessionSecrets: [], maxSessions: 10_000 },
  });
  expect(read({ CWMP_AUTH: 'none' })).toMatchObject({ auth: 'none' });
  for (const CWMP_AUTH of ['digest', 'basic', 'digest,basic'])
    expect(problemsOf({ CWMP_AUTH })).toEqual(['CWMP_CREDENTIALS is required']);
});

test('credentials come from the list, from a file, or from both', () => {
  expect(
    read({
      ...{ CWMP_AUTH: 'digest, basic', CWMP_CREDENTIALS: 'fleet:secret, 00259E-1:one' },
      ...{ CWMP_CREDENTIALS_FILE: '/etc/cpes', CWMP_DIGEST_SHA256: 'true' },
    }),
  ).toMatchObject({
    ...{ auth: ['digest', 'basic'], algorithms: ['SHA-256', 'MD5'] },
    ...{ credentials: ['fleet:secret', '00259E-1:one'], credentialsFile: '/etc/cpes' },
  });
  expect(read({ CWMP_CREDENTIALS_FILE: '/etc/cpes' })).toMatchObject({ auth: ['digest'] });
});

test('a session secret may be given with the one before it, and no more', () => {
  const secretsOf = (CWMP_SESSION_SECRET: string) => ({ CWMP_AUTH: 'none', CWMP_SESSION_SECRET });
  expect(read(secretsOf('a-secret-of-sixteen'))).toMatchObject({ sessionSecrets: ['a-secret-of-sixteen'] });
  expect(read(secretsOf('the-new-one-here, the-old-one-here'))).toMatchObject({
    sessionSecrets: ['the-new-one-here', 'the-old-one-here'],
  });
  for (const wrong of [
    'the-new-one-here,short',
    `${'a-secret-of-sixteen,'.repeat(2)}a-third-secret-of-sixteen`,
  ])
    expect(problemsOf(secretsOf(wrong))).toEqual([
      expect.stringMatching(/^CWMP_SESSION_SECRET must be one or two/),
    ]);
});

test('every problem is named, and no secret is shown', () => {
  const problems = problemsOf({
    ...{ CWMP_AUTH: 'token', CWMP_CREDENTIALS: 'a-secret-without-a-user', CWMP_REALM: 'a"b' },
    ...{ CWMP_SESSION_SECRET: 'short', CWMP_ASK: 'all' },
  });
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
    'CWMP_ASK',
    'CWMP_AUTH',
    'CWMP_CREDENTIALS',
    'CWMP_REALM',
    'CWMP_SESSION_SECRET',
  ]);
  expect(problems.join()).not.toMatch(/a-secret|short/);
});
