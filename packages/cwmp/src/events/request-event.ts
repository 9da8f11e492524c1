import { countDrop, isRefusal, type DropCounts, type Refusal } from '@cpemon/contracts';
import { isSecretParameter, NOT_KEPT, withoutUrlSecrets } from '@cpemon/device-models';
import { REDACTED, type CpeEvent } from '@cpemon/domain';
import type {
  AutonomousTransferComplete,
  CwmpFault,
  CwmpMessage,
  OtherRequest,
  TransferComplete,
} from '../cwmp-message.js';
import { clip, LONGEST_NAME, LONGEST_TEXT } from './clip.js';
import type { MessageContext } from './message-context.js';
import { messageIdentity, senderIdentity, transferIdentity } from './message-identity.js';
import { newSessionEvent } from './session-event.js';

/** What a CPE says beside its Inform and is no answer with values. */
export type ToldRequest = TransferComplete | AutonomousTransferComplete | OtherRequest | CwmpFault;

const MOST_ARGUMENTS = 32;
/** What somebody typed, or a value of which nobody has said that it may be kept (A.3.3.4, A.3.3.5). */
const FREE_TEXT = /(?:^|\.)(?:Arg|Value)$/i;

/** `cpemon.rpc.v1` of a request of the CPE, or of the Fault with which it answers one of ours. */
export function eventOfRequest(
  message: CwmpMessage,
  body: ToldRequest,
  context: MessageContext,
  drops: DropCounts,
): CpeEvent | Refusal {
  const event = newSessionEvent('cpemon.rpc.v1', context);
  if (isRefusal(event)) return event;
  const args = argumentsOf(body, drops);
  event.data.rpc = { method: body.method, args };
  const fault = faultOf(body, args);
  if (fault !== undefined) event.data.fault = fault;
  event.id = senderIdentity(context) ?? identityOf(event, message, body, context);
  return event;
}

function identityOf(
  event: CpeEvent,
  message: CwmpMessage,
  body: ToldRequest,
  { request }: MessageContext,
): string {
  if (!('startTime' in body)) return messageIdentity(event, message, request);
  const { method, startTime, completeTime } = body;
  const commandKey = 'commandKey' in body ? body.commandKey : `${body.isDownload} ${body.fileType}`;
  return transferIdentity(event, { method, commandKey, startTime, completeTime }, request);
}

/** Names as in the standard; an empty argument is left out. */
function argumentsOf(body: ToldRequest, drops: DropCounts): Record<string, string> {
  switch (body.method) {
    case 'TransferComplete':
      return cleanArguments(
        { CommandKey: body.commandKey, StartTime: body.startTime, CompleteTime: body.completeTime },
        drops,
      );
    case 'AutonomousTransferComplete':
      return cleanArguments(
        {
          ...{ IsDownload: String(body.isDownload), FileType: body.fileType },
          ...{ StartTime: body.startTime, CompleteTime: body.completeTime },
        },
        drops,
      );
    case 'Fault':
      return {};
    default:
      return cleanArguments(body.args, drops);
  }
}

function cleanArguments(given: Record<string, string>, drops: DropCounts): Record<string, string> {
  const args: [string, string][] = [];
  for (const name of Object.keys(given).slice(0, MOST_ARGUMENTS)) {
    const value = given[name] ?? '';
    if (value === '') continue;
    args.push([clip(name, LONGEST_NAME), cleanArgument(name, value, drops)]);
  }
  return Object.fromEntries(args);
}

function cleanArgument(name: string, value: string, drops: DropCounts): string {
  if (isSecretParameter(name)) {
    countDrop(drops, 'secret');
    return REDACTED;
  }
  if (FREE_TEXT.test(name)) {
    countDrop(drops, 'unknown_value');
    return NOT_KEPT;
  }
  return clip(withoutUrlSecrets(value), LONGEST_TEXT);
}

/** A code of 0 says that all went well (A.3.3.2), and is no fault. */
function faultOf(body: ToldRequest, args: Record<string, string>): CpeEvent['data']['fault'] {
  const [code, text] =
    body.method === 'Fault'
      ? [body.code, body.text]
      : 'faultCode' in body
        ? [body.faultCode, body.faultString]
        : firstFaultOf(args);
  const clean = { code: clip(code, LONGEST_NAME), text: clip(withoutUrlSecrets(text), LONGEST_TEXT) };
  if (body.method === 'Fault') return clean;
  return clean.code === '' || /^0+$/.test(clean.code) ? undefined : clean;
}

/** Of a list of results (A.3.3.6) the first that failed. */
function firstFaultOf(args: Record<string, string>): [code: string, text: string] {
  const failed = Object.keys(args).find(
    (name) => /(?:^|\.)FaultCode$/.test(name) && !/^0*$/.test(args[name]!),
  );
  if (failed === undefined) return ['', ''];
  return [args[failed]!, args[failed.replace(/FaultCode$/, 'FaultString')] ?? ''];
}
