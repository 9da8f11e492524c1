import { readDeviceId } from './device-identity';
import { deviceMessage } from './device-message';
import { faultMessage } from './fault-message';

test('the id of a device is taken apart', () => {
  expect(readDeviceId('00AA11-Model%2DX-SN%20%2D1')).toEqual({
    sn: 'SN -1',
    oui: '00AA11',
    product_class: 'Model-X',
  });
  expect(readDeviceId('00AA11-SN1')).toEqual({ sn: 'SN1', oui: '00AA11' });
  for (const none of ['SN1', 'a-b-c-d', '00AA11-%E0%A4%A-x']) expect(readDeviceId(none)).toBeUndefined();
});

test('a document without identity is named by its id; one without either is left out', () => {
  expect(deviceMessage({ _id: '00AA11-X-SN1' })).toEqual({
    sn: 'SN1',
    oui: '00AA11',
    product_class: 'X',
    event_type: 'values',
    parameters: {},
  });
  expect(deviceMessage({ _id: 'nobody' })).toBeUndefined();
});

test('secrets stay where they are, whatever list asks for them', () => {
  const message = deviceMessage({
    _id: '00AA11-X-SN1',
    Device: {
      WiFi: {
        AccessPoint: {
          1: { Security: { KeyPassphrase: { _value: 'hidden' }, PreSharedKey: { _value: 'hidden' } } },
        },
      },
      PPP: {
        Interface: {
          1: { Username: { _value: 'hidden' }, Password: { _value: 'hidden' }, Name: { _value: 'wan' } },
        },
      },
    },
  });
  expect(JSON.stringify(message)).not.toContain('hidden');
  expect(message!.parameters).toEqual({ 'Device.PPP.Interface.1.Name': { value: 'wan' } });
});

test('a document of any size makes a message of a bounded one', () => {
  const many = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`P${index}`, { _value: 'x'.repeat(100) }]),
  );
  const message = deviceMessage({ _id: '00AA11-X-SN1', Device: { A: many } });
  expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(60 * 1024);
  expect(Object.keys(message!.parameters).length).toBeGreaterThan(100);

  let deep: object = { _value: 1 };
  for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
  expect(deviceMessage({ _id: '00AA11-X-SN1', Device: deep })!.parameters).toEqual({});
});

test('a fault keeps its code: of CWMP the number, else the word of GenieACS', () => {
  const fault = { _id: '00AA11-X-SN1:task_5', timestamp: '2026-11-21T10:00:00.000Z', message: 'm' };
  expect(faultMessage({ ...fault, code: 'cwmp.9002' })).toMatchObject({ sn: 'SN1', fault_code: '9002' });
  expect(faultMessage({ ...fault, code: 'session_terminated' })).toMatchObject({
    fault_code: 'session_terminated',
  });
  expect(faultMessage({ _id: 'x' })).toBeUndefined();
});
