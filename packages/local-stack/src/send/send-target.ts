import type { StackFile } from '../stack-file.js';
import type { Credentials } from './challenge.js';

export const SENDERS = ['cpe', 'acs', 'mirror', 'heartbeat'] as const;
export type SenderName = (typeof SENDERS)[number];

export interface SendTarget {
  url: URL;
  /** What a CPE answers challenges with. */
  credentials?: Credentials;
  /** A webhook's secret, or the bearer token of a mirror or a heartbeat agent. */
  secret?: string;
}

const SERVICE_AND_PATH = {
  cpe: ['acs-ingest', '/cwmp'],
  acs: ['acs-ingest', '/acs/webhook'],
  mirror: ['acs-ingest', '/acs/mirror'],
  heartbeat: ['cpemon-api', '/cpe/heartbeat'],
} as const;

/** Where a running stack takes what that sender sends. @throws Error with a sentence when its service is not there */
export function targetInStack(as: SenderName, stack: StackFile): SendTarget {
  const [service, path] = SERVICE_AND_PATH[as];
  const base = stack.processes.find(({ name, url }) => name === service && url !== undefined)?.url;
  if (base === undefined) throw new Error(`No ${service} is running: npm run cpemon -- scale ${service} 1`);
  if (as === 'cpe') {
    return { url: new URL(stack.cwmp_url ?? new URL(path, base).href), credentials: stack.cwmp_auth };
  }
  return { url: new URL(path, base), secret: as === 'acs' ? stack.webhook_secret : stack.tokens.ingest };
}

/** A sender's target given by `--url`: a URL without a path gets the one that such a sender posts to. */
export function targetByUrl(as: SenderName, text: string, env: NodeJS.ProcessEnv): SendTarget {
  const url = new URL(text);
  if (url.pathname === '/' && as !== 'cpe') url.pathname = SERVICE_AND_PATH[as][1];
  const { CPEMON_SEND_USER: username = '', CPEMON_SEND_PASSWORD: password = '' } = env;
  const { CPEMON_SEND_SECRET: secret = '' } = env;
  return {
    url,
    ...(username === '' ? {} : { credentials: { username, password } }),
    ...(secret === '' ? {} : { secret }),
  };
}
