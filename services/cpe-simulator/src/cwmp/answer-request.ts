import type { Fleet } from '../fleet.js';
import { parameterValues } from '../reports/parameter-values.js';
import type { AcsRequest } from './acs-request.js';
import { envelope, faultXml, parameterList } from './envelope.js';
import type { CpeOrders } from './orders.js';

/** What a CPE answers to an RPC of its ACS. */
export interface CpeAnswer {
  body: string;
  /** The answer holds values: the target makes an event of it. */
  hasValues: boolean;
}

const METHODS = [
  ...['GetRPCMethods', 'GetParameterValues', 'GetParameterNames', 'SetParameterValues', 'Download', 'Reboot'],
  ...['FactoryReset', 'ScheduleInform'],
];
/** Download: 1 says that it is done later. TR-069 Amendment 6, A.3.2.8. */
const NOT_YET_DONE = 1;
const UNKNOWN_TIME = '0001-01-01T00:00:00Z';

export function answerRequest(
  fleet: Fleet,
  device: number,
  request: AcsRequest,
  nowMs: number,
  orders: CpeOrders,
): CpeAnswer {
  const own = fleet.modelOf(device).envelope;
  // Who gives its own messages no ID gives back that of a request. TR-069 Amendment 6, 3.5.
  const style = request.id === '' ? own : { ...own, header: true };
  const fault = (code: number, text: string): CpeAnswer => ({
    body: faultXml(style, request.id, code, text),
    hasValues: false,
  });
  const answer = (content: string, hasValues = false): CpeAnswer => ({
    body: envelope(
      style,
      request.id,
      `<cwmp:${request.method}Response>${content}</cwmp:${request.method}Response>`,
    ),
    hasValues,
  });
  const [commandKey = ''] = request.texts('CommandKey');

  switch (request.method) {
    case 'GetRPCMethods':
      return answer(
        `<MethodList SOAP-ENC:arrayType="xsd:string[${METHODS.length}]">` +
          `${METHODS.map((name) => `<string>${name}</string>`).join('')}</MethodList>`,
      );
    case 'GetParameterValues': {
      const values = parameterValues(fleet, device, nowMs);
      const chosen = request
        .texts('string')
        .map((name) => values.filter(({ path }) => path === name || isWithin(path, name)));
      if (chosen.some((found) => found.length === 0)) return fault(9005, 'Invalid parameter name');
      return answer(parameterList(style, chosen.flat()), true);
    }
    case 'GetParameterNames': {
      const [root = ''] = request.texts('ParameterPath');
      const names = parameterValues(fleet, device, nowMs).filter(({ path }) => isWithin(path, root));
      if (names.length === 0) return fault(9005, 'Invalid parameter name');
      const list = names
        .map(
          ({ path }) =>
            `<ParameterInfoStruct><Name>${path}</Name><Writable>0</Writable></ParameterInfoStruct>`,
        )
        .join('');
      return answer(
        `<ParameterList SOAP-ENC:arrayType="cwmp:ParameterInfoStruct[${names.length}]">${list}</ParameterList>`,
      );
    }
    case 'SetParameterValues': {
      const values = request.texts('Value');
      for (const [index, name] of request.texts('Name').entries()) {
        if (!name.endsWith('.ManagementServer.PeriodicInformInterval')) return fault(9008, 'Not writable');
        const seconds = Number(values[index]);
        if (!(Number.isInteger(seconds) && seconds >= 1)) return fault(9007, 'Invalid parameter value');
        orders.setInterval(device, seconds);
      }
      return answer('<Status>0</Status>');
    }
    case 'Download':
      orders.download(device, commandKey);
      return answer(
        `<Status>${NOT_YET_DONE}</Status><StartTime>${UNKNOWN_TIME}</StartTime><CompleteTime>${UNKNOWN_TIME}</CompleteTime>`,
      );
    case 'Reboot':
      orders.reboot(device, commandKey);
      return answer('');
    case 'FactoryReset':
      orders.factoryReset(device);
      return answer('');
    case 'ScheduleInform': {
      const seconds = Number(request.texts('DelaySeconds')[0]);
      if (!(seconds >= 1)) return fault(9003, 'Invalid arguments');
      orders.scheduleInform(device, seconds, commandKey);
      return answer('');
    }
    default:
      return fault(9000, 'Method not supported');
  }
}

/** A partial path ends with a dot and means all below it; an empty one means all. */
const isWithin = (path: string, partial: string): boolean =>
  partial === '' || (partial.endsWith('.') && path.startsWith(partial));
