import { parseCertificates } from './client-certificate.js';

const SHA1 = '3F:1C:5D:6E:0A:91:22:7B:84:C3:D5:E6:F7:08:19:2A:3B:4C:5D:6E';
const SHA256 = 'ab'.repeat(32);
const SUBJECT = 'CN=acs.example.net,O=Example GmbH,C=DE';
const allowed = parseCertificates(`${SHA1}; ${SHA256} ;${SUBJECT}`);

test.each([
  ['a fingerprint', SHA1],
  ['a fingerprint without colons in lower case', SHA1.replace(/:/g, '').toLowerCase()],
  ['a SHA-256 fingerprint with colons', SHA256.toUpperCase().match(/../g)!.join(':')],
  ['a subject', SUBJECT],
  ['a subject in the other order, with blanks', 'C = DE, O = Example GmbH, CN = acs.example.net'],
  ['a subject in the form of OpenSSL 1', '/C=DE/O=Example GmbH/CN=acs.example.net'],
  ['the header of Envoy', `By=spiffe://x;Hash=${SHA256};Subject="${SUBJECT}";URI=`],
  ['the header of Envoy behind another proxy', `Hash=${'00'.repeat(32)};Subject="CN=x,O=y",Hash=${SHA256}`],
])('%s of an allowed certificate is known', (_name, told) => {
  expect(allowed.has(told)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['another fingerprint', SHA1.replace('3F', '3E')],
  ['half a fingerprint', SHA1.slice(0, 29)],
  ['a subject with a part less', 'CN=acs.example.net,O=Example GmbH'],
  ['a subject with a part more', `${SUBJECT},OU=x`],
  ['the allowed one in a name', `CN=${SUBJECT}`],
  ['the first of two proxies, which any sender can write', `Hash=${SHA256},Hash=${'00'.repeat(32)}`],
  ['no certificate', '-----BEGIN CERTIFICATE-----%0Aabc%0A-----END CERTIFICATE-----'],
  ['a broken escape', '-----BEGIN CERTIFICATE-----%zz'],
])('%s is not', (_name, told) => {
  expect(allowed.has(told)).toBe(false);
});

test('what is neither a fingerprint nor a subject is told at the start', () => {
  expect(() => parseCertificates('abc')).toThrow(/must be fingerprints/);
  expect(() => parseCertificates(' ; ')).toThrow(/at least one/);
});
