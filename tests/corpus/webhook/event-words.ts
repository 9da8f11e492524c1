import { AT, row, type WebhookRow } from './corpus-row';

const inform = (...event_codes: string[]) => ({ occurrence: 'inform', event_codes });

const WORDS: [string, object, object][] = [
  ['codes as a list', { event_codes: ['1 BOOT', '4 VALUE CHANGE'] }, inform('1 BOOT', '4 VALUE CHANGE')],
  ['codes in one text', { event: '2 PERIODIC, 4 VALUE CHANGE' }, inform('2 PERIODIC', '4 VALUE CHANGE')],
  [
    'codes of GenieACS',
    { event_codes: ['1_BOOT', '6_CONNECTION_REQUEST'] },
    inform('1 BOOT', '6 CONNECTION REQUEST'),
  ],
  ['a name without its number', { event_code: 'PERIODIC' }, inform('2 PERIODIC')],
  ['a number alone', { eventCode: 14 }, inform('14 HEARTBEAT')],
  ['another case', { events: ['1 Boot'] }, inform('1 BOOT')],
  [
    "methods' and vendors' codes",
    { event_codes: ['M Reboot', 'X CT-COM BIND'] },
    inform('M Reboot', 'X CT-COM BIND'),
  ],
  ['flags', { events: { boot: true, bootstrap: false } }, inform('1 BOOT')],
  [
    'codes with their command keys',
    {
      events: [
        { EventCode: '1 BOOT', CommandKey: '' },
        { EventCode: 'M Reboot', CommandKey: 'job-7' },
      ],
    },
    { ...inform('1 BOOT', 'M Reboot'), command_keys: ['', 'job-7'] },
  ],
  [
    'a SOAP message as JSON',
    {
      Event: { EventStruct: [{ EventCode: '2 PERIODIC', CommandKey: '' }] },
      RetryCount: '3',
      ParameterList: { ParameterValueStruct: [{ Name: 'Device.DeviceInfo.UpTime', Value: 60 }] },
    },
    { ...inform('2 PERIODIC'), retry_count: 3, metrics: { uptime_seconds: 60 } },
  ],
  ['an Inform without codes', { event_type: 'inform' }, { occurrence: 'inform' }],
  ['a connection request', { event: 'connection_request' }, { occurrence: 'connection_request' }],
  [
    'a connection request in one word',
    { eventType: 'ConnectionRequest' },
    { occurrence: 'connection_request' },
  ],
  [
    'the result of a provision',
    { event: 'provision', provision: 'wifi', status: 'done' },
    { occurrence: 'provision', extra: { provision: 'wifi', status: 'done' } },
  ],
  [
    'a fault in parts',
    { fault_code: 9005, fault_string: 'Invalid name' },
    { occurrence: 'fault', fault: { code: '9005', text: 'Invalid name' } },
  ],
  [
    'a fault as an object',
    { fault: { code: 'cwmp.9002', message: 'Internal' } },
    { occurrence: 'fault', fault: { code: '9002', text: 'Internal' } },
  ],
  [
    'a fault of SOAP around that of CWMP',
    {
      event: 'fault',
      fault: {
        faultCode: 'Client',
        faultString: 'CWMP fault',
        detail: { Fault: { FaultCode: '9003', FaultString: 'Invalid arguments' } },
      },
    },
    { occurrence: 'fault', fault: { code: '9003', text: 'Invalid arguments' } },
  ],
  ['a fault that is a code', { fault: '9010' }, { occurrence: 'fault', fault: { code: '9010', text: '' } }],
  [
    'a fault that is a sentence',
    { error: 'no contact' },
    { occurrence: 'fault', fault: { code: '', text: 'no contact' } },
  ],
  ['a kind of event that is none of these', { type: 'ap_offline' }, { extra: { type: 'ap_offline' } }],
];

export const EVENT_WORDS: WebhookRow[] = WORDS.map(([name, body, data]) =>
  row(
    `what happened: ${name}`,
    { serial: 'A1', ts: AT, ...body },
    { type: 'cpemon.acs-event.v1', time: AT, data },
  ),
);
