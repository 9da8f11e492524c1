import type { WebhookRow } from './corpus-row';

const refused = (name: string, body: unknown, code: string, status: 400 | 413 | 415 = 400): WebhookRow => ({
  name,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  expected: { status, code },
});
let deep: unknown = 1;
for (let level = 0; level < 40; level += 1) deep = { a: deep };

export const REFUSALS: WebhookRow[] = [
  refused('no JSON', 'this-is-not-json', 'invalid_json'),
  refused('a number', '4711', 'invalid_json'),
  refused('no device', { event_ts: '2026-03-01T10:00:00Z' }, 'missing_sn'),
  refused('an empty serial number', { SerialNumber: ' ' }, 'missing_sn'),
  refused('an empty serial number within a device', { _deviceId: { _SerialNumber: '' } }, 'missing_sn'),
  refused('an object as a serial number', { serial: { a: 1 } }, 'missing_sn'),
  refused('an id that names no device', { _id: '65f0c0ffee0000000000abcd' }, 'missing_sn'),
  refused('a MAC that is none', { mac: 'unknown' }, 'missing_sn'),
  refused('a serial number with control characters', { SerialNumber: 'A\u001bB' }, 'invalid_sn'),
  refused('a serial number of 65 characters', { acs_id: `00259E-X-${'A'.repeat(65)}` }, 'invalid_sn'),
  refused('a serial number in __proto__', '{"__proto__":{"SerialNumber":"A1"}}', 'missing_sn'),
  refused('objects 40 deep', { serial: 'A1', data: deep }, 'too_deep'),
  refused('an array without one event', [{}, { event: 'x' }], 'all_events_refused'),
  { ...refused('XML that is no envelope', '<a/>', 'not_soap'), contentType: 'text/xml' },
  { ...refused('XML that is not well-formed', '<a><b></a>', 'invalid_xml'), contentType: 'application/xml' },
  { ...refused('XML with a document type', '<!DOCTYPE a []><a/>', 'forbidden_xml'), contentType: 'text/xml' },
  {
    ...refused('a form', 'sn=A1', 'unsupported_media_type', 415),
    contentType: 'application/x-www-form-urlencoded',
  },
  { ...refused('an image', 'GIF89a', 'unsupported_media_type', 415), contentType: 'image/gif' },
  refused(
    'a body of more than 2 MiB',
    { serial: 'A1', note: 'x'.repeat(2 * 1024 * 1024) },
    'body_too_large',
    413,
  ),
];
