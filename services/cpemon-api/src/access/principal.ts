import type { IncomingMessage } from 'node:http';
import type { AccessGrant } from '@cpemon/store';

/** Who asks, and what they may see and do. */
export interface Principal extends AccessGrant {
  /** How they showed who they are; 'nothing' where anyone may read. */
  by: 'token' | 'session' | 'nothing';
}

/** Whoever asks where reading needs no token. */
export const ANYONE: Principal = { name: 'anyone', role: 'viewer', labels: {}, by: 'nothing' };

const principals = new WeakMap<IncomingMessage, Principal>();

/** Remembers for the rest of a request who asks. */
export const setPrincipal = (request: IncomingMessage, principal: Principal): void =>
  void principals.set(request, principal);

/** Who asks, behind a gate; anyone in front of it. */
export const principalOf = (request: IncomingMessage): Principal => principals.get(request) ?? ANYONE;

/** Whether only devices with some labels are theirs to see. */
export const isLimited = ({ labels }: AccessGrant): boolean => Object.keys(labels).length > 0;

/** Whether a device with some labels is theirs to see. */
export const maySee = ({ labels }: AccessGrant, ofDevice: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => ofDevice[name] === value);
