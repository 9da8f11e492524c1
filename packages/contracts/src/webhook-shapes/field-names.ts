import { ACS_EVENT_PROPERTIES, REPORT_PROPERTIES } from '../report-properties.js';

/** What a field of a webhook means, whatever system named it. */
export type FieldMeaning =
  | { to: 'field'; name: string }
  /** `rank`: which of several times is the event's, the lowest first. */
  | { to: 'time'; rank: number }
  | { to: 'device id' | 'some id' | 'mac' | 'parameters' | 'event' | 'kind of event' | 'event codes' }
  | { to: 'fault' | 'fault code' | 'fault text' | 'retry count' | 'command key' | 'tags' }
  /** An object around further fields; `named`: its name tells them from others' of the same name. */
  | { to: 'wrapper'; named?: boolean };

/** Spellings of our fields, as `normalNameOf` writes them. */
const FIELD_SPELLINGS: Record<string, readonly string[]> = {
  sn: ['serial', 'serialnumber', 'serialno', 'deviceserialnumber', 'cpeserialnumber', 'cpesn'],
  oui: ['manufactureroui', 'deviceoui'],
  product_class: ['productclass'],
  manufacturer: ['vendor', 'manufacturername'],
  model: ['modelname', 'devicemodel'],
  sw_version: ['softwareversion', 'firmware', 'firmwareversion', 'fwversion'],
  hw_version: ['hardwareversion'],
  wan_ip: ['wanipaddress', 'externalipaddress', 'externalip'],
  uptime_seconds: ['uptime'],
  interval_seconds: ['periodicinforminterval', 'informinterval'],
};

/** Times, the event's own first; what a device says of its clock comes last. */
const TIMES = [
  ...[
    'eventts',
    'ts',
    'eventtime',
    'time',
    'timestamp',
    'occurredat',
    'datetime',
    'lastinform',
    'informtime',
  ],
  ...['lastseen', 'createdat', 'currenttime'],
];

/** Groups of a device synchronised by Flashman. */
const NAMED_WRAPPERS = ['common', 'wan', 'lan', 'wifi2', 'wifi5', 'mesh2', 'mesh5', 'ipv6'];
const WRAPPERS = [
  ...['data', 'payload', 'body', 'message', 'detail', 'details', 'eventdetail', 'resource'],
  ...['deviceinfo', 'equipment', 'cwmprequest', 'inform', 'request'],
];

const OTHERS: Record<string, readonly string[]> = {
  'device id': ['acsid', 'deviceid', 'cpeid', 'genieacsid', 'device', 'cpe'],
  'some id': ['id', 'subject'],
  mac: ['mac', 'macaddress', 'devicemacaddress'],
  parameters: [
    'parameters',
    'parameterlist',
    'parametervalues',
    'parametervaluestruct',
    'params',
    'values',
    'resourcecharacteristic',
  ],
  event: ['event', 'events'],
  'kind of event': ['eventtype', 'type', 'topic', 'kind', 'method', 'action'],
  'event codes': ['eventcode', 'eventcodes', 'eventstruct'],
  fault: ['fault', 'faultstruct', 'error'],
  'fault code': ['faultcode', 'errorcode'],
  'fault text': ['faultstring', 'faulttext', 'faultmessage', 'errormessage'],
  'retry count': ['retrycount'],
  'command key': ['commandkey'],
  tags: ['tags'],
};

const MEANINGS = new Map<string, FieldMeaning>([
  ...Object.keys({ ...REPORT_PROPERTIES, ...ACS_EVENT_PROPERTIES }).map((name): [string, FieldMeaning] => [
    normalNameOf(name),
    { to: 'field', name },
  ]),
  ...Object.entries(FIELD_SPELLINGS).flatMap(([name, spellings]) =>
    spellings.map((spelling): [string, FieldMeaning] => [spelling, { to: 'field', name }]),
  ),
  ...TIMES.map((name, rank): [string, FieldMeaning] => [name, { to: 'time', rank }]),
  ...Object.entries(OTHERS).flatMap(([to, names]) =>
    names.map((name): [string, FieldMeaning] => [name, { to } as FieldMeaning]),
  ),
  ...WRAPPERS.map((name): [string, FieldMeaning] => [name, { to: 'wrapper' }]),
  ...NAMED_WRAPPERS.map((name): [string, FieldMeaning] => [name, { to: 'wrapper', named: true }]),
]);

/** Longer names are nobody's spelling of ours. */
const LONGEST_SPELLING = 40;

/** What a name means: case, `_`, `-`, `.` and blanks do not matter (`_deviceId`, `device-id`, `DeviceID`). */
export function meaningOf(name: string): FieldMeaning | undefined {
  return name.length > LONGEST_SPELLING ? undefined : MEANINGS.get(normalNameOf(name));
}

function normalNameOf(name: string): string {
  return name.replace(/[_\-. ]/g, '').toLowerCase();
}

/** Roots of the data models, and what GenieACS computes beside them. */
const ROOTS = new Set(['Device', 'InternetGatewayDevice', 'VirtualParameters']);

export const isDataModelRoot = (name: string): boolean => ROOTS.has(name);

/** Whether a name is the path of a parameter ("Device.DeviceInfo.UpTime"). */
export function isParameterPath(name: string): boolean {
  const dot = name.indexOf('.');
  return dot > 0 && dot < name.length - 1 && ROOTS.has(name.slice(0, dot));
}
