import {
  assertPrivateTarget,
  isPrivateAddress,
  lookupPrivate,
  PublicAddressError,
} from './target-address.js';

describe('a target address', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    '::ffff:10.0.0.1',
  ])('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each([
    '93.184.215.14',
    '172.32.0.1',
    '8.8.8.8',
    '100.128.0.1',
    '2606:2800:220:1::1',
    '::ffff:8.8.8.8',
    '0.0.0.0',
  ])('%s is public', (address) => expect(isPrivateAddress(address)).toBe(false));

  it('outside is refused before anything is sent', async () => {
    await expect(assertPrivateTarget(new URL('http://8.8.8.8:80/'))).rejects.toThrow(PublicAddressError);
    await expect(assertPrivateTarget(new URL('http://[2606:4700::1111]/'))).rejects.toThrow(
      'ALLOW_PUBLIC_TARGET',
    );
    await assertPrivateTarget(new URL('http://localhost:1/'));
    await assertPrivateTarget(new URL('http://[::1]:1/'));
  });

  it('that does not resolve yet passes, because every connection looks it up again', async () => {
    await assertPrivateTarget(new URL('http://no-such-name.invalid/'));
    const found = await new Promise((resolve, reject) => {
      lookupPrivate('localhost', { all: true }, (error, addresses) =>
        error ? reject(error) : resolve(addresses),
      );
    });
    expect(found).toContainEqual({ address: '127.0.0.1', family: 4 });
    const failed = await new Promise((resolve) => {
      lookupPrivate('8.8.8.8', { all: true }, (error) => resolve(error));
    });
    expect(failed).toBeInstanceOf(PublicAddressError);
  });
});
