import type { ConfigError } from '@cpemon/service-kit';
import { readConfig } from './config.js';

const BASE = { DATABASE_URL: 'mysql://api:p%40ss@127.0.0.1:13306/cpemon', INSTANCE_ID: 'api-1' };

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

test('nobody may write or read unless tokens are given or that is written out', () => {
  expect(problemsOf(BASE)).toEqual(['INGEST_TOKENS is required', 'VIEWER_TOKENS is required']);
  expect(problemsOf({ ...BASE, INGEST_AUTH: 'none', READ_AUTH: 'none' })).toEqual([]);
});

test('tokens and secrets are lists, and either kind is enough', () => {
  const config = readConfig({
    ...BASE,
    HEARTBEAT_SECRETS: 'a, b',
    OPERATOR_TOKENS: 'o',
    VIEWER_TOKENS: 'v,w',
  });
  expect(config.ingest).toEqual({ tokens: [], secrets: ['a', 'b'] });
  expect(config.readTokens).toEqual(['o', 'v', 'w']);
  expect(config).toMatchObject({ port: 8080, operationsPort: 9101, listenHost: '127.0.0.1' });
});

test('operators act under the name before their token, or under a hash of it, even where anyone may read', () => {
  const config = readConfig({
    ...BASE,
    ...{ INGEST_AUTH: 'none', READ_AUTH: 'none' },
    OPERATOR_TOKENS: 'eva:s3:cret, plain',
    VIEWER_TOKENS: 'v',
  });
  expect(config.operators).toEqual([
    { name: 'eva', token: 's3:cret' },
    { name: expect.stringMatching(/^token-[0-9a-f]{8}$/), token: 'plain' },
  ]);
  expect(config.operators[1]?.name).not.toContain('plain');
  expect([config.readTokens, config.viewerTokens]).toEqual(['none', ['v']]);
});

test('test events are off unless that is written out', () => {
  const open = { ...BASE, INGEST_AUTH: 'none', READ_AUTH: 'none' };
  expect(readConfig(open).allowTestEvents).toBe(false);
  expect(readConfig({ ...open, ALLOW_TEST_EVENTS: '1' }).allowTestEvents).toBe(true);
});

test('every problem is told at once, without secrets', () => {
  const problems = problemsOf({ PORT: '80x', DATABASE_URL: 'postgres://u:hunter2@h/x', INGEST_AUTH: 'off' });
  expect(problems).toHaveLength(5);
  expect(problems.join()).not.toContain('hunter2');
});
