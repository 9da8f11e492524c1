import { randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { PROCESS_BODY_BUDGET } from './body-budget.js';
import { decodeBody } from './decode-body.js';

const LIMIT = 64 * 1024;
const XML = Buffer.from(`<?xml version="1.0"?><Envelope>${'<Name>Device.</Name>'.repeat(40)}</Envelope>`);
const SHORT = Buffer.from('{"sn":"A1"}');
const UTF16 = Buffer.from(`\uFEFF${XML.toString()}`, 'utf16le');
const EMPTY = Buffer.alloc(0);

describe.each([
  ['a long body', XML],
  ['a short body', SHORT],
])('%s', (_name, plain) => {
  test.each<[string, string | undefined, Buffer]>([
    ['plain, no header', undefined, plain],
    ['plain, an empty header', '', plain],
    ['plain, identity', 'identity', plain],
    ['gzip', 'gzip', gzipSync(plain)],
    ['x-gzip', 'X-Gzip', gzipSync(plain)],
    ['deflate with its wrapper', 'deflate', deflateSync(plain)],
    ['deflate with the wrapper of another level', 'deflate', deflateSync(plain, { level: 1 })],
    ['deflate without a wrapper', 'deflate', deflateRawSync(plain)],
    ['deflate, then gzip', 'deflate, gzip', gzipSync(deflateSync(plain))],
    ['gzip, then bare deflate', 'gzip,deflate', deflateRawSync(gzipSync(plain))],
    ['identity among others', ' identity , gzip ,', gzipSync(plain)],
    [
      'several gzip members',
      'gzip',
      Buffer.concat([gzipSync(plain.subarray(0, 5)), gzipSync(plain.subarray(5))]),
    ],
    ['gzip with padding behind it', 'gzip', Buffer.concat([gzipSync(plain), Buffer.alloc(7)])],
    ['gzip that no header announces', undefined, gzipSync(plain)],
    ['gzip announced as identity', 'identity', gzipSync(plain)],
    ['gzip announced as deflate', 'deflate', gzipSync(plain)],
    ['deflate announced as gzip', 'gzip', deflateSync(plain)],
    ['plain bytes announced as gzip', 'gzip', plain],
    ['plain bytes announced as deflate', 'deflate', plain],
    ['gzip announced twice', 'gzip, gzip', gzipSync(plain)],
  ])('%s', async (_case, header, body) => {
    expect(await decodeBody(body, header, LIMIT)).toEqual(plain);
  });
});

test('UTF-16 announced as gzip is taken as it is', async () => {
  expect(await decodeBody(UTF16, 'gzip', LIMIT)).toBe(UTF16);
});

test('an empty body is empty whatever the header says', async () => {
  for (const header of ['gzip', 'deflate', 'deflate, gzip']) {
    expect(await decodeBody(EMPTY, header, LIMIT)).toHaveLength(0);
  }
});

test('a plain body is handed back itself, without a copy', async () => {
  expect(await decodeBody(XML, undefined, LIMIT)).toBe(XML);
  expect(await decodeBody(XML, 'gzip', LIMIT)).toBe(XML);
});

test.each([
  'compress',
  'x-compress',
  'br',
  'zstd',
  'gzip, br',
  'constructor',
  'gzip, gzip, gzip, gzip',
  'x'.repeat(9000),
])('the encoding %.40s is not supported', async (header) => {
  expect(await decodeBody(gzipSync(XML), header, LIMIT)).toMatchObject({ code: 'unsupported_encoding' });
});

const corrupted = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1]! ^= 0xff;
  return copy;
};

test.each<[string, string | undefined, Buffer]>([
  ['gzip that is cut short', 'gzip', gzipSync(XML).subarray(0, -9)],
  ['gzip that ends in its header', 'gzip', gzipSync(XML).subarray(0, 6)],
  ['nothing but the mark of gzip', undefined, Buffer.from([0x1f, 0x8b])],
  ['gzip with a wrong checksum', 'gzip', corrupted(gzipSync(XML))],
  ['deflate with a wrong checksum', 'deflate', corrupted(deflateSync(XML))],
  ['bare deflate that is cut short', 'deflate', deflateRawSync(XML).subarray(0, -3)],
  ['bare deflate with bytes behind it', 'deflate', Buffer.concat([deflateRawSync(XML), randomBytes(9)])],
  ['bare deflate announced as gzip', 'gzip', deflateRawSync(XML)],
  ['neither text nor compressed', 'gzip', Buffer.concat([Buffer.from([0, 1, 2, 3]), randomBytes(200)])],
])('%s is refused', async (_name, header, body) => {
  expect(await decodeBody(body, header, LIMIT)).toMatchObject({ code: 'invalid_encoding' });
});

test('a body is inflated up to the limit and no further', async () => {
  const most = Buffer.alloc(LIMIT, 'a');
  const more = Buffer.alloc(LIMIT + 1, 'a');
  expect(await decodeBody(gzipSync(most), 'gzip', LIMIT)).toHaveLength(LIMIT);
  for (const body of [gzipSync(more), deflateSync(more)]) {
    expect(await decodeBody(body, 'deflate', LIMIT)).toMatchObject({ code: 'body_too_large' });
  }
  expect(await decodeBody(more, undefined, LIMIT)).toMatchObject({ code: 'body_too_large' });
});

test('a hundred bombs at once cost a few times the limit, and leave nothing held', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 1);
  const results = await Promise.all(Array.from({ length: 100 }, () => decodeBody(bomb, 'gzip', LIMIT)));
  clearInterval(watch);
  expect(results.every((result) => 'code' in result && result.code === 'body_too_large')).toBe(true);
  expect(most - before).toBeLessThan(64 * 1024 * 1024);
  expect(PROCESS_BODY_BUDGET.held()).toBe(0);
});

test('bodies that wait for their turn count as on their way in', async () => {
  const body = gzipSync(XML);
  const all = Promise.all(Array.from({ length: 50 }, () => decodeBody(body, 'gzip', LIMIT)));
  expect(PROCESS_BODY_BUDGET.held()).toBe(50 * body.length);
  expect(await all).toHaveLength(50);
  expect(PROCESS_BODY_BUDGET.held()).toBe(0);
});

test('random bytes under any header end as a body or a refusal', async () => {
  for (let n = 0; n < 300; n += 1) {
    const body = randomBytes(n);
    if (n % 3 === 0) gzipSync(SHORT).copy(body, 0, 0, 12);
    const result = await decodeBody(body, ['gzip', 'deflate', undefined][n % 3], LIMIT);
    expect(Buffer.isBuffer(result) || typeof result.code === 'string').toBe(true);
  }
});
