import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isRefusal } from '@cpemon/contracts';
import { readEnvelope } from '../read-envelope.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const PADDING = `<!--${'x'.repeat(500_000)}-->`;
const body = (number: number): Buffer =>
  Buffer.from(
    `${PADDING}<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">` +
      `<s:Header><cwmp:ID>an-id-of-some-length-${number}</cwmp:ID></s:Header><s:Body><cwmp:Inform>` +
      `<DeviceId><Manufacturer>Example Networks &amp; Sons ${number}</Manufacturer></DeviceId><ParameterList>` +
      `<P><Name>Device.X_EXAMPLE.Number.${number}</Name><Value t:type="xsd:aTypeOfALongName${number}">a value that is long ${number}</Value></P>` +
      '</ParameterList></cwmp:Inform></s:Body></s:Envelope>',
  );

test('who remembers a message does not keep its body in memory', () => {
  const remembered: unknown[] = [];
  const remember = (from: number, to: number): void => {
    for (let number = from; number < to; number += 1) {
      const message = readEnvelope(body(number), undefined);
      if (isRefusal(message)) throw new Error(message.detail);
      remembered.push(message);
    }
  };
  remember(0, 10);
  collect();
  const before = process.memoryUsage().heapUsed;
  remember(10, 110);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
  expect(remembered).toHaveLength(110);
});
