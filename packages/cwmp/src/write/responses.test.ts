import { parseStringPromise } from 'xml2js';
import { writeFault } from './fault.js';
import { writeGetParameterValues } from './get-parameter-values.js';
import { ACS_METHODS, writeResponse } from './responses.js';

const CWMP_1_2 = { id: '1_THOM_TR69_ID', namespace: 'urn:dslforum-org:cwmp-1-2' };

/** xml2js: attributes under `$`, children by name, each an array. */
interface Element {
  $: Record<string, string>;
  [child: string]: unknown;
}

/** An envelope as another parser than ours understands it. */
async function read(xml: string) {
  const { 'soap-env:Envelope': envelope } = (await parseStringPromise(xml)) as Record<string, Element>;
  const { $: attributes, 'soap-env:Header': header, 'soap-env:Body': body } = envelope!;
  return {
    namespace: attributes['xmlns:cwmp'],
    header: (header as Element[] | undefined)?.[0],
    body: (body as Record<string, unknown>[])[0]!,
  };
}

test('an InformResponse repeats the ID and the namespace, and has no XML declaration', async () => {
  const xml = writeResponse(CWMP_1_2, 'Inform');
  expect(xml.startsWith('<soap-env:Envelope ')).toBe(true);
  expect(await read(xml)).toEqual({
    namespace: 'urn:dslforum-org:cwmp-1-2',
    header: { 'cwmp:ID': [{ _: '1_THOM_TR69_ID', $: { 'soap-env:mustUnderstand': '1' } }] },
    body: { 'cwmp:InformResponse': [{ MaxEnvelopes: ['1'] }] },
  });
});

test('a message without an ID is answered without one', async () => {
  const { header } = await read(writeResponse({ namespace: CWMP_1_2.namespace }, 'TransferComplete'));
  expect(header).toBeUndefined();
});

test('an ID cannot add elements, and is bounded', async () => {
  const hostile = `"><x/>&'${'\u0000\ud800'}`;
  const { header } = await read(writeResponse({ ...CWMP_1_2, id: hostile }, 'Inform'));
  expect(header).toMatchObject({ 'cwmp:ID': [{ _: `"><x/>&'` }] });
  const long = writeResponse({ id: '&'.repeat(100_000), namespace: '"'.repeat(100_000) }, 'Inform');
  expect(long.length).toBeLessThan(3000);
});

test.each(ACS_METHODS)('%s has a response with its name', async (method) => {
  const { body } = await read(writeResponse(CWMP_1_2, method));
  expect(Object.keys(body)).toEqual([`cwmp:${method}Response`]);
});

test('GetRPCMethods is answered with every method that has a response', async () => {
  const { body } = await read(writeResponse(CWMP_1_2, 'GetRPCMethods'));
  expect(body['cwmp:GetRPCMethodsResponse']).toEqual([
    {
      MethodList: [
        { $: { 'soap-enc:arrayType': `xsd:string[${ACS_METHODS.length}]` }, string: [...ACS_METHODS] },
      ],
    },
  ]);
});

test('a fault names its code, its text and whose fault it is', async () => {
  const { body } = await read(writeFault(CWMP_1_2, 8003));
  expect(body['soap-env:Fault']).toEqual([
    {
      faultcode: ['Client'],
      faultstring: ['CWMP fault'],
      detail: [{ 'cwmp:Fault': [{ FaultCode: ['8003'], FaultString: ['Invalid arguments'] }] }],
    },
  ]);
});

test('parameters are asked for by name, in an array that says its length', async () => {
  const names = ['Device.DeviceInfo.UpTime', 'Device.<&>'];
  const { body } = await read(writeGetParameterValues(CWMP_1_2, names));
  expect(body['cwmp:GetParameterValues']).toEqual([
    { ParameterNames: [{ $: { 'soap-enc:arrayType': 'xsd:string[2]' }, string: names }] },
  ]);
});
