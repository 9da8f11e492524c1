import type { Request } from 'express';
import { audited } from '@cpemon/event-log';
import { isLimited, maySee, principalOf, type Principal } from '../access/principal.js';
import type { Access } from '../access/access.js';
import type { DatabaseReader } from '../database-reader.js';
import type { Gate } from '../reader-access.js';
import { RequestProblem, unknownDevice } from '../routes/request-problem.js';
import { findOneDevice, labelsOfDevice } from './whole-device-reads.js';

/** Longest reason of a look-up. */
const LONGEST_REASON = 255;

/** Says why a device is looked up: the parameter `reason`, or the header of a script. */
export const REASON_HEADER = { 'X-Reason': 'Why the device is looked up, in place of the parameter reason' };

/** Why support looks a device up. @throws RequestProblem `reason_needed` */
export function reasonOf(request: Request): string {
  const given = request.query['reason'] ?? request.headers['x-reason'];
  const reason = typeof given === 'string' ? given.trim() : '';
  if (reason.length >= 3 && reason.length <= LONGEST_REASON) return reason;
  const detail = 'Support says why a device is looked up: reason, 3 to 255 characters.';
  throw new RequestProblem(400, 'reason_needed', detail);
}

/** Writes down that support looked a device up, before it is shown. */
export function auditLookUp(
  act: DatabaseReader,
  { name }: Principal,
  target: string,
  request: Request,
): Promise<void> {
  const detail = { reason: reasonOf(request), path: request.path };
  return act((connection) =>
    audited(connection, { actor: name, action: 'device.look_up', target, detail }, () => Promise.resolve()),
  );
}

/**
 * What stands before routes of one device, `:id`: those who see only a part of the fleet find no other device, and what
 * support looks up is written down.
 */
export function createDeviceGates(
  { mayAsk }: Pick<Access, 'mayAsk'>,
  read: DatabaseReader,
  act: DatabaseReader,
): readonly Gate[] {
  const mayAskForIt: Gate = (request, _response, next) => {
    const principal = principalOf(request);
    if (principal.role !== 'support' && !isLimited(principal)) return next();
    const id = String(request.params['id']);
    const check = async (): Promise<void> => {
      if (principal.role === 'support') reasonOf(request);
      const labels = await read(async (connection) =>
        labelsOfDevice(connection, await findOneDevice(connection, id)),
      );
      if (!maySee(principal, labels)) throw unknownDevice();
      if (principal.role === 'support') await auditLookUp(act, principal, id, request);
    };
    check().then(() => next(), next);
  };
  return [mayAsk, mayAskForIt];
}
