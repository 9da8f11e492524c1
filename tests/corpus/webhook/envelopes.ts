import type { WebhookRow } from './corpus-row';

const envelope = (method: string, manufacturer = 'Huawei'): string =>
  `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">` +
  `<soap:Header><cwmp:ID soap:mustUnderstand="1">17</cwmp:ID></soap:Header><soap:Body>${method.replace('%M', manufacturer)}</soap:Body></soap:Envelope>`;
const INFORM =
  '<cwmp:Inform><DeviceId><Manufacturer>%M</Manufacturer><OUI>00259E</OUI><ProductClass>EG8145V5</ProductClass>' +
  '<SerialNumber>A1</SerialNumber></DeviceId><Event><EventStruct><EventCode>2 PERIODIC</EventCode><CommandKey/>' +
  '</EventStruct></Event><MaxEnvelopes>1</MaxEnvelopes><CurrentTime>2026-03-01T10:00:00Z</CurrentTime>' +
  '<RetryCount>0</RetryCount><ParameterList><ParameterValueStruct><Name>InternetGatewayDevice.DeviceInfo.UpTime</Name>' +
  '<Value>60</Value></ParameterValueStruct></ParameterList></cwmp:Inform>';
const TRANSFER_COMPLETE = envelope(
  '<cwmp:TransferComplete><CommandKey>k</CommandKey><FaultStruct><FaultCode>0</FaultCode><FaultString/></FaultStruct>' +
    '<StartTime>2026-03-01T09:00:00Z</StartTime><CompleteTime>2026-03-01T09:01:00Z</CompleteTime></cwmp:TransferComplete>',
);
const EVENT = {
  ...{
    type: 'cpemon.inform.v1' as const,
    source: '/webhook',
    subject: 'A1',
    oui: '00259E',
    productclass: 'EG8145V5',
  },
  time: '2026-03-01T10:00:00.000Z',
  data: { event_codes: ['2 PERIODIC'], metrics: { uptime_seconds: 60 } },
};
const inform = (name: string, contentType: string, body: string | Buffer = envelope(INFORM)): WebhookRow => ({
  name: `an Inform as ${name}`,
  body,
  contentType,
  expected: { events: [EVENT] },
});

/** Envelopes of CPEs that an ACS forwards. */
export const ENVELOPES: WebhookRow[] = [
  inform('text/xml', 'text/xml'),
  inform('text/xml with a charset', 'text/xml; charset="utf-8"'),
  inform('application/xml', 'application/xml'),
  inform('application/soap+xml', 'application/soap+xml; action="cwmp:Inform"'),
  inform('XML without a type', ''),
  inform('XML with a byte order mark and no type', '', Buffer.from(`\ufeff${envelope(INFORM)}`)),
  inform('ISO-8859-1', 'text/xml; charset=ISO-8859-1', Buffer.from(envelope(INFORM, 'Zürich AG'), 'latin1')),
  {
    name: 'a TransferComplete of no known device',
    body: TRANSFER_COMPLETE,
    contentType: 'text/xml',
    expected: { status: 400, code: 'unexpected_message' },
  },
  {
    name: 'a TransferComplete whose device the ACS names',
    body: TRANSFER_COMPLETE,
    contentType: 'text/xml',
    headers: { 'x-cpemon-device': '00259e-EG8145V5-A%2D1' },
    expected: {
      events: [
        {
          ...{ type: 'cpemon.rpc.v1', source: '/webhook', subject: 'A-1' },
          ...{ oui: '00259E', productclass: 'EG8145V5' },
          data: { rpc: { method: 'TransferComplete' } },
        },
      ],
    },
  },
];
