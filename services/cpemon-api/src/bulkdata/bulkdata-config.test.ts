import { createConfigReader } from '@cpemon/service-kit';
import { readBulkdataConfig } from './bulkdata-config.js';

function read(env: Record<string, string>, hasTokens = true) {
  const reader = createConfigReader(env);
  const config = readBulkdataConfig(reader, hasTokens);
  reader.finish();
  return config;
}

test.each<[env: Record<string, string>, hasTokens: boolean, auth: unknown]>([
  [{}, true, ['token']],
  [{ BULKDATA_CREDENTIALS: 'a:b' }, true, ['token', 'digest', 'basic']],
  [{ BULKDATA_CREDENTIALS: 'a:b' }, false, ['digest', 'basic']],
  [{ BULKDATA_AUTH: 'basic', BULKDATA_CREDENTIALS: 'a:b' }, true, ['basic']],
  [{ BULKDATA_AUTH: 'none' }, false, 'none'],
])('%j with tokens %p: %j', (env, hasTokens, auth) => {
  expect(read(env, hasTokens)).toMatchObject({ auth });
});

test.each([
  [{}, false],
  [{ BULKDATA_AUTH: 'off' }, true],
])('%j with tokens %p: off, so that nobody sends by accident', (env, hasTokens) => {
  expect(read(env as Record<string, string>, hasTokens)).toBe('off');
});

test.each<[env: Record<string, string>, problem: RegExp]>([
  [{ BULKDATA_AUTH: 'digest' }, /BULKDATA_CREDENTIALS/],
  [{ BULKDATA_AUTH: 'token' }, /INGEST_TOKENS/],
  [{ BULKDATA_AUTH: 'bearer' }, /BULKDATA_AUTH must be token, digest, basic/],
  [{ BULKDATA_CREDENTIALS: 'nobody' }, /BULKDATA_CREDENTIALS entry 1 must be user:password/],
  [{ BULKDATA_NONCE_SECRET: 'short' }, /BULKDATA_NONCE_SECRET/],
])('%j cannot be used', (env, problem) => {
  expect(() => read(env, false)).toThrow(problem);
});
