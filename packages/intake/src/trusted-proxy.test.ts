import type { IncomingMessage } from 'node:http';
import { clientAddressOf, isTrustedProxy, isWithin, parseNetworks } from './trusted-proxy.js';

const trusted = parseNetworks('10.0.0.0/8, 127.0.0.1, fd00::/8');
const request = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;
const client = (remoteAddress: string | undefined, headers?: Record<string, string>) =>
  clientAddressOf(request(remoteAddress, headers), trusted);

test.each([
  ['10.1.2.3', true],
  ['11.0.0.1', false],
  ['127.0.0.1', true],
  ['127.0.0.2', false],
  ['fd12::1', true],
  ['fe80::1', false],
  ['not an address', false],
  ['', false],
])('%p is within the networks: %p', (address, within) => {
  expect(isWithin(address, trusted)).toBe(within);
});

test.each(['', 'somewhere', '10.0.0.0/33', '10.0.0/8', '::1/129', '10.0.0.0/8,', '10.0.0.0/-1'])(
  '%p is no list of networks',
  (text) => {
    expect(() => parseNetworks(text)).toThrow('must be a list of networks');
  },
);

test('headers count from trusted proxies only', () => {
  const headers = { 'x-forwarded-for': '192.0.2.1', 'x-real-ip': '192.0.2.1' };
  expect(client('203.0.113.9', headers)).toBe('203.0.113.9');
  expect(client('10.0.0.1', headers)).toBe('192.0.2.1');
  expect(client('::ffff:10.0.0.1', headers)).toBe('192.0.2.1');
  expect(isTrustedProxy(request('::ffff:10.0.0.1'), trusted)).toBe(true);
  expect(isTrustedProxy(request('203.0.113.9', headers), trusted)).toBe(false);
});

test('what a client wrote itself into X-Forwarded-For is passed over', () => {
  expect(client('10.0.0.1', { 'x-forwarded-for': '198.51.100.1, 192.0.2.1, 10.9.9.9' })).toBe('192.0.2.1');
  expect(client('10.0.0.1', { 'x-forwarded-for': 'unknown, 10.9.9.9' })).toBe('10.9.9.9');
  expect(client('10.0.0.1', { 'x-forwarded-for': `${'1.1.1.1,'.repeat(5000)} 192.0.2.1` })).toBe('192.0.2.1');
});

test('X-Real-IP counts where there is no X-Forwarded-For, and the proxy itself where there is neither', () => {
  expect(client('10.0.0.1', { 'x-real-ip': '2001:db8::1' })).toBe('2001:db8::1');
  expect(client('10.0.0.1', { 'x-real-ip': '<script>' })).toBe('10.0.0.1');
  expect(client('10.0.0.1')).toBe('10.0.0.1');
  expect(client(undefined)).toBe('');
});
