import { isRefusal } from '@cpemon/contracts';
import { REDACTED, type CpeEvent, type ParameterValues } from '@cpemon/domain';
import { NOT_KEPT } from '@cpemon/device-models';
import type { CwmpBody, CwmpMessage, Inform } from '../cwmp-message.js';
import { eventsOfMessage } from './events-of-message.js';
import type { MessageContext, SessionDevice } from './message-context.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const NAMESPACE = 'urn:dslforum-org:cwmp-1-0';

const DEVICE: SessionDevice = {
  ...{ serialNumber: '48575443A94196A5', oui: '00259E', productClass: 'EG8145V5' },
  manufacturer: 'Huawei Technologies Co., Ltd',
};

const INFORM: Inform = {
  ...{
    method: 'Inform',
    manufacturer: 'Huawei Technologies Co., Ltd',
    oui: '00259e',
    productClass: 'EG8145V5',
  },
  serialNumber: ' 48575443A94196A5 ',
  events: [{ code: '2 PERIODIC', commandKey: '' }],
  ...{ currentTime: '2026-11-21T19:59:30+08:00', retryCount: 0 },
  parameters: {
    'InternetGatewayDevice.DeviceInfo.SoftwareVersion': { value: 'V5R020C00S280', type: 'string' },
    'InternetGatewayDevice.ManagementServer.PeriodicInformInterval': { value: '300', type: 'unsignedInt' },
    'InternetGatewayDevice.ManagementServer.ConnectionRequestPassword': { value: 'hunter2', type: 'string' },
    'InternetGatewayDevice.WANDevice.1.WANConnectionDevice.2.WANIPConnection.1.ExternalIPAddress': {
      ...{ value: '203.0.113.9', type: 'string' },
    },
  },
};

let made = 0;
function context(more: Partial<MessageContext> & { senderId?: string; nowMs?: number } = {}): MessageContext {
  const { senderId, nowMs = NOW, ...rest } = more;
  return {
    path: 'cwmp',
    request: {
      ...{ nowMs, randomId: () => `random-${(made += 1)}`, correlationId: 'c-1' },
      ...(senderId === undefined ? {} : { senderId }),
    },
    ...rest,
  };
}

const message = (body: CwmpBody, id = '1'): CwmpMessage => ({ id, namespace: NAMESPACE, body });

function read(body: CwmpBody, given: MessageContext = context(), id = '1') {
  const result = eventsOfMessage(message(body, id), given);
  if (isRefusal(result)) throw new Error(result.code);
  return result;
}

function eventOf(body: CwmpBody, given?: MessageContext, id?: string): CpeEvent {
  const [event] = read(body, given, id).events;
  if (event === undefined) throw new Error('no event');
  return event;
}

const inform = (changes: Partial<Inform>): Inform => ({ ...INFORM, ...changes });

describe('an Inform', () => {
  it('is an event with its identity, time, codes, readings and redacted parameters', () => {
    const { events, drops } = read(INFORM, context({ path: 'mirror' }));
    expect(events).toEqual([
      {
        ...{ id: expect.stringMatching(/^[\w-]{22}$/), source: '/mirror', type: 'cpemon.inform.v1' },
        ...{ subject: '48575443A94196A5', oui: '00259E', productclass: 'EG8145V5', correlationid: 'c-1' },
        time: '2026-11-21T11:59:30.000Z',
        data: {
          event_codes: ['2 PERIODIC'],
          attributes: {
            ...{ sw_version: 'V5R020C00S280', wan_ip: '203.0.113.9' },
            manufacturer: 'Huawei Technologies Co., Ltd',
          },
          interval_seconds: 300,
          parameters: {
            ...INFORM.parameters,
            'InternetGatewayDevice.ManagementServer.ConnectionRequestPassword': {
              value: REDACTED,
              type: 'string',
            },
          },
        },
      },
    ]);
    expect(drops).toEqual({ secret: 1 });
  });

  it('keeps command keys and the retry count where there are any', () => {
    const { data } = eventOf(
      inform({
        retryCount: 3,
        events: [
          { code: '1 BOOT', commandKey: '' },
          { code: 'M Reboot', commandKey: 'task-7' },
        ],
      }),
    );
    expect(data.event_codes).toEqual(['1 BOOT', 'M Reboot']);
    expect(data.command_keys).toEqual(['', 'task-7']);
    expect(data.retry_count).toBe(3);
  });

  it('may have no events at all', () => {
    expect(eventOf(inform({ events: [], retryCount: 1 })).data.event_codes).toEqual([]);
  });

  it.each<[serialNumber: string, code: string]>([
    ['', 'missing_sn'],
    ['  \n', 'missing_sn'],
    ['a\u0007b', 'invalid_sn'],
    ['x'.repeat(65), 'invalid_sn'],
    ['序列号', 'invalid_sn'],
  ])('with the serial number %j is refused as %s', (serialNumber, code) => {
    expect(eventsOfMessage(message(inform({ serialNumber })), context())).toMatchObject({ code });
  });

  it('stays below the size of an event with 4,000 parameters, and says how many it lacks', () => {
    const parameters: ParameterValues = Object.fromEntries(
      Array.from({ length: 4000 }, (_, n) => [
        `Device.X_ACME_\u{1F4A9}.${n}.Value`,
        { value: '\u0000'.repeat(200) },
      ]),
    );
    const events = Array.from({ length: 64 }, () => ({
      code: '\u0007漢'.repeat(64),
      commandKey: '漢'.repeat(200),
    }));
    const {
      events: [event],
      drops,
    } = read(inform({ parameters, events, currentTime: '漢'.repeat(900) }));
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(64 * 1024);
    expect(event?.data.parameters_left_out).toBeGreaterThan(3000);
    expect(drops.too_many_parameters).toBe(event?.data.parameters_left_out);
  });
});

describe('the CurrentTime', () => {
  it.each<[currentTime: string, time: string]>([
    ['2026-11-21T11:59:30Z', '2026-11-21T11:59:30.000Z'],
    ['2026-11-21T12:59:30+01:00', '2026-11-21T11:59:30.000Z'],
    ['2026-11-21T11:59:30.123456Z', '2026-11-21T11:59:30.123Z'],
  ])('%s is believed', (currentTime, time) => {
    const { events, drops } = read(inform({ currentTime, parameters: {} }));
    expect(events[0]).toMatchObject({ time });
    expect(events[0]?.data.raw_time).toBeUndefined();
    expect(drops).toEqual({});
  });

  it.each<[currentTime: string, reason: string]>([
    ['2026-11-21T11:59:30', 'time_without_zone'],
    ['2026-11-21T11:59:30.123456', 'time_without_zone'],
    ['1970-01-01T00:02:16Z', 'time_before_2015'],
    ['2026-11-21T19:00:00Z', 'time_ahead'],
    ['2019-03-05T11:54::14', 'time_unreadable'],
    ['Thu Jan 1 08:05:49 1970', 'time_unreadable'],
    ['0001-01-01T00:00:00Z', 'time_before_2015'],
    ['0001-02-30x', 'time_unreadable'],
  ])('%s is kept as text and counted as %s', (currentTime, reason) => {
    const { events, drops } = read(inform({ currentTime, parameters: {} }));
    expect(events[0]).not.toHaveProperty('time');
    expect(events[0]?.data.raw_time).toBe(currentTime);
    expect(events[0]?.data.metrics).toBeUndefined();
    expect(drops).toEqual({ [reason]: 1 });
  });

  it.each<[currentTime: string, seconds: number]>([
    ['0001-01-01T00:01:03', 63],
    ['0001-01-03T03:04:05', 183_845],
    ['0002-01-01T00:00:00', 365 * 86_400],
  ])('%s is %d s since boot', (currentTime, seconds) => {
    const { events, drops } = read(inform({ currentTime, parameters: {} }));
    expect(events[0]?.data).toMatchObject({ metrics: { uptime_seconds: seconds }, raw_time: currentTime });
    expect(drops).toEqual({ time_since_boot: 1 });
  });

  it('gives way to the UpTime of the parameters', () => {
    const parameters = { 'Device.DeviceInfo.UpTime': { value: '70' } };
    const { data } = eventOf(inform({ currentTime: '0001-01-01T00:01:03', parameters }));
    expect(data.metrics).toEqual({ uptime_seconds: 70 });
  });

  it('may be missing', () => {
    expect(read(inform({ currentTime: '', parameters: {} })).drops).toEqual({});
  });
});

describe('the identity of an Inform', () => {
  const idOf = (changes: Partial<Inform>, given?: MessageContext, id?: string) =>
    eventOf(inform(changes), given, id).id;

  it('is the same for the same envelope, whenever it arrives', () => {
    expect(idOf({}, context({ nowMs: NOW + 60_000 }))).toBe(idOf({}));
  });

  it.each<[what: string, changes: Partial<Inform>]>([
    ['a later CurrentTime', { currentTime: '2026-11-21T19:59:31+08:00' }],
    ['another RetryCount', { retryCount: 1 }],
    ['other events', { events: [{ code: '4 VALUE CHANGE', commandKey: '' }] }],
    ['another CommandKey', { events: [{ code: '2 PERIODIC', commandKey: 'x' }] }],
    ['another value', { parameters: { ...INFORM.parameters, 'Device.X_ACME.Level': { value: '5' } } }],
    ['another product class', { productClass: 'EG8145X6' }],
    ['another serial number', { serialNumber: 'OTHER' }],
  ])('differs with %s', (_what, changes) => {
    expect(idOf(changes)).not.toBe(idOf({}));
  });

  it('differs with values that are not kept, and not with secrets', () => {
    const secret = 'InternetGatewayDevice.ManagementServer.ConnectionRequestPassword';
    const one = { ...INFORM.parameters, 'Device.X_ACME.Level': { value: '5' } };
    const other = { ...INFORM.parameters, 'Device.X_ACME.Level': { value: '6' } };
    expect(idOf({ parameters: one })).not.toBe(idOf({ parameters: other }));
    expect(idOf({ parameters: { ...INFORM.parameters, [secret]: { value: 'other' } } })).toBe(idOf({}));
  });

  it('differs with the ID of its envelope and with the way it came', () => {
    expect(idOf({}, undefined, '2')).not.toBe(idOf({}));
    expect(idOf({}, context({ path: 'mirror' }))).not.toBe(idOf({}));
  });

  it('is new each time where the time is not believable', () => {
    expect(idOf({ currentTime: '1970-01-01T00:00:10Z' })).not.toBe(
      idOf({ currentTime: '1970-01-01T00:00:10Z' }),
    );
  });

  it('is that of the ACS which forwards it, and never that of a CPE', () => {
    const forwarded = context({ path: 'webhook', senderId: 'msg_1' });
    expect(idOf({}, forwarded)).toBe('msg_1:0');
    expect(idOf({}, context({ senderId: 'msg_1' }))).toBe(idOf({}));
    expect(idOf({}, context({ path: 'mirror', senderId: 'msg_1' }))).toBe(
      idOf({}, context({ path: 'mirror' })),
    );
  });
});

describe('a TransferComplete', () => {
  const TRANSFER: CwmpBody = {
    ...{ method: 'TransferComplete', commandKey: 'task-7', faultCode: '0', faultString: '' },
    ...{ startTime: '2026-11-21T11:50:00Z', completeTime: '2026-11-21T11:52:00Z' },
  };
  const session = context({ device: { ...DEVICE, time: '2026-11-21T11:59:30.000Z' } });

  it('is an event at the time of its session', () => {
    expect(eventOf(TRANSFER, session)).toMatchObject({
      ...{ type: 'cpemon.rpc.v1', subject: DEVICE.serialNumber, oui: '00259E', productclass: 'EG8145V5' },
      time: '2026-11-21T11:59:30.000Z',
      data: {
        rpc: {
          method: 'TransferComplete',
          args: {
            ...{ CommandKey: 'task-7', StartTime: '2026-11-21T11:50:00Z' },
            CompleteTime: '2026-11-21T11:52:00Z',
          },
        },
      },
    });
    expect(eventOf(TRANSFER, session).data.fault).toBeUndefined();
  });

  it('keeps a fault', () => {
    const failed = { ...TRANSFER, faultCode: '9010', faultString: 'Download failure' };
    expect(eventOf(failed, session).data.fault).toEqual({ code: '9010', text: 'Download failure' });
  });

  it('counts once, in whatever session it is repeated', () => {
    const later = context({
      device: { ...DEVICE, time: '2026-11-21T12:30:00.000Z' },
      nowMs: NOW + 3_600_000,
    });
    expect(eventOf(TRANSFER, later, '99').id).toBe(eventOf(TRANSFER, session).id);
  });

  it.each<[what: string, changes: object]>([
    ['CommandKey', { commandKey: 'task-8' }],
    ['StartTime', { startTime: '2026-11-21T11:51:00Z' }],
  ])('is another one with another %s', (_what, changes) => {
    expect(eventOf({ ...TRANSFER, ...changes }, session).id).not.toBe(eventOf(TRANSFER, session).id);
  });

  it('goes by its end where its start is unknown, and is new each time where both are', () => {
    const unknown = '0001-01-01T00:00:00Z';
    const ended = { ...TRANSFER, startTime: unknown };
    expect(eventOf(ended, session).id).toBe(eventOf(ended, session).id);
    expect(eventOf({ ...ended, completeTime: '2026-11-21T11:53:00Z' }, session).id).not.toBe(
      eventOf(ended, session).id,
    );
    const never = { ...ended, completeTime: unknown };
    expect(eventOf(never, session).id).not.toBe(eventOf(never, session).id);
  });

  it('compares times without a zone', () => {
    const local = { ...TRANSFER, startTime: '2026-11-21T19:50:00', completeTime: '' };
    expect(eventOf(local, session).id).toBe(eventOf(local, session).id);
  });
});

describe('other requests of a CPE', () => {
  const session = context({ device: DEVICE });

  it('are events with their arguments', () => {
    expect(
      eventOf(
        {
          method: 'AutonomousTransferComplete',
          ...{ isDownload: true, fileType: '1 Firmware Upgrade Image', faultCode: '0', faultString: '' },
          ...{ startTime: '2026-11-21T11:50:00Z', completeTime: '2026-11-21T11:52:00Z' },
        },
        session,
      ).data.rpc,
    ).toEqual({
      method: 'AutonomousTransferComplete',
      args: {
        ...{ IsDownload: 'true', FileType: '1 Firmware Upgrade Image' },
        ...{ StartTime: '2026-11-21T11:50:00Z', CompleteTime: '2026-11-21T11:52:00Z' },
      },
    });
    const kicked = eventOf(
      {
        method: 'Kicked',
        args: {
          ...{ Command: 'go', Referer: 'http://u:pw@portal.example/?session=1', Arg: 'pw=hunter2' },
          ...{ Next: '', 'X.Password': 'hunter2' },
        },
      },
      session,
    );
    expect(kicked.data.rpc?.args).toEqual({
      ...{ Command: 'go', Referer: `http://${REDACTED}@portal.example/?${REDACTED}` },
      ...{ Arg: NOT_KEPT, 'X.Password': REDACTED },
    });
  });

  it('name the first result that failed', () => {
    const { data } = eventOf(
      {
        method: 'DUStateChangeComplete',
        args: {
          ...{ 'Results.1.Fault.FaultCode': '0', 'Results.2.Fault.FaultCode': '9022' },
          'Results.2.Fault.FaultString': 'Invalid UUID',
        },
      },
      session,
    );
    expect(data.fault).toEqual({ code: '9022', text: 'Invalid UUID' });
  });

  it('say nothing of the device where they ask for our methods or answer without values', () => {
    expect(read({ method: 'GetRPCMethods', args: {} }, session).events).toEqual([]);
    expect(read({ method: 'response', name: 'RebootResponse' }, session).events).toEqual([]);
  });

  it('a Fault of the CPE is an event with the fault', () => {
    expect(eventOf({ method: 'Fault', code: '9005', text: 'Invalid parameter name' }, session)).toMatchObject(
      {
        type: 'cpemon.rpc.v1',
        data: { rpc: { method: 'Fault', args: {} }, fault: { code: '9005', text: 'Invalid parameter name' } },
      },
    );
  });

  it.each<CwmpBody>([
    { method: 'GetParameterValuesResponse', parameters: {} },
    { method: 'GetRPCMethods', args: {} },
    { method: 'Kicked', args: {} },
    { method: 'response', name: 'RebootResponse' },
    { method: 'Fault', code: '9005', text: '' },
  ])('are refused without the device of a session: $method', (body) => {
    expect(eventsOfMessage(message(body), context())).toMatchObject({ code: 'unexpected_message' });
  });
});

describe('values that a CPE was asked for', () => {
  const VALUES: CwmpBody = {
    method: 'GetParameterValuesResponse',
    parameters: {
      'Device.DeviceInfo.MemoryStatus.Total': { value: '58851248' },
      'Device.DeviceInfo.MemoryStatus.Free': { value: '40715808' },
    },
  };
  const device = { ...DEVICE, manufacturer: 'TP-Link' };

  it('are readings of the device of the session, by the rules for its vendor', () => {
    expect(eventOf(VALUES, context({ device, path: 'mirror' }))).toMatchObject({
      ...{ type: 'cpemon.parameters.v1', source: '/mirror', subject: DEVICE.serialNumber },
      data: { metrics: { memory_total_bytes: 58_851_248, memory_used_ratio: 0.308157 } },
    });
  });

  it('are the same event in the same session, and new where its time is not known', () => {
    const session = context({ device: { ...device, time: '2026-11-21T11:59:30.000Z' } });
    expect(eventOf(VALUES, session).id).toBe(eventOf(VALUES, session).id);
    expect(eventOf(VALUES, session, '2').id).not.toBe(eventOf(VALUES, session, '3').id);
    expect(eventOf(VALUES, context({ device })).id).not.toBe(eventOf(VALUES, context({ device })).id);
  });
});
