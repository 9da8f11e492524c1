import { readEnvelope } from './read-envelope.js';

const envelope = (header: string, body: string): Buffer =>
  Buffer.from(
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-3"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  );

test('a refusal has what an answer to it repeats', () => {
  expect(readEnvelope(envelope('<cwmp:ID>77</cwmp:ID>', '<cwmp:Reboot/>'), undefined)).toEqual({
    ...{ code: 'unexpected_message', detail: expect.any(String) },
    ...{ id: '77', namespace: 'urn:dslforum-org:cwmp-1-3' },
  });
  expect(readEnvelope(envelope('<cwmp:ID>78</cwmp:ID>', '<Other xmlns="urn:x"/>'), undefined)).toEqual({
    ...{ code: 'not_cwmp', detail: expect.any(String), id: '78' },
  });
});

test('a Fault takes the namespace that is declared at it, else the oldest', () => {
  const detail =
    '<detail><c:Fault xmlns:c="urn:dslforum-org:cwmp-1-1"><FaultCode>9001</FaultCode></c:Fault></detail>';
  expect(readEnvelope(envelope('', `<s:Fault>${detail}</s:Fault>`), undefined)).toEqual({
    namespace: 'urn:dslforum-org:cwmp-1-1',
    body: { method: 'Fault', code: '9001', text: '' },
  });
  const plain = Buffer.from('<Envelope><Body><Fault><faultstring>no</faultstring></Fault></Body></Envelope>');
  expect(readEnvelope(plain, undefined)).toEqual({
    namespace: 'urn:dslforum-org:cwmp-1-0',
    body: { method: 'Fault', code: '', text: 'no' },
  });
});

test('a Fault of another vocabulary is none', () => {
  expect(readEnvelope(envelope('', '<f:Fault xmlns:f="urn:x"/>'), undefined)).toMatchObject({
    code: 'not_cwmp',
  });
});
