import { formatDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import type { StackSecrets } from './secrets.js';
import type { ReplicaStatus } from './service-group.js';
import { CWMP_USER } from './service-set.js';
import type { Terminal } from './terminal.js';

export interface WelcomeFacts {
  dataFolder: string;
  /** How this folder is named on a command line; empty when it is the usual one. */
  dataOption: string;
  secrets: StackSecrets;
  database: DatabaseAddress;
  services: readonly ReplicaStatus[];
  /** Logs an operator in, once; absent when none could be made. */
  loginUrl?: string;
}

/** What a person can open, send to and log in to, printed once the stack runs. */
export function welcome(facts: WelcomeFacts, bold: Terminal['bold']): string {
  const { secrets, database, services } = facts;
  const urlsOf = (name: string) => services.flatMap((one) => (one.name === name && one.url ? [one.url] : []));
  const rows: [string, string][] = [];
  for (const url of urlsOf('cpemon-api')) {
    rows.push(['Live page', bold(`${url}/`)]);
    rows.push(['Fleet, pipeline', `${url}/v1/fleet  ${url}/v1/pipeline`]);
    rows.push(['Devices, API', `${url}/v1/devices  ${url}/docs`]);
    rows.push(['Heartbeats (POST)', `${url}/cpe/heartbeat  ${url}/v1/telemetry`]);
  }
  if (facts.loginUrl !== undefined) rows.push(['Log in, once', bold(facts.loginUrl)]);
  for (const url of urlsOf('acs-ingest')) rows.push(['ACS webhook (POST)', `${url}/acs/webhook`]);
  for (const { cwmpUrl } of services) {
    if (cwmpUrl !== undefined)
      rows.push(['CWMP, for CPEs', `${cwmpUrl}  (user ${CWMP_USER}, or OUI-Serial)`]);
  }
  for (const url of urlsOf('cpe-simulator')) rows.push(['Simulator', `${url}/`]);
  for (const { name, replica, opsUrl } of services) {
    rows.push([`${name}${replica === 1 ? '' : ` ${replica}`}`, `${opsUrl}/metrics  ${opsUrl}/readyz`]);
  }
  rows.push(['Database', formatDatabaseUrl(database)]);
  rows.push(['Operator token', secrets.tokens.operator]);
  rows.push(['Viewer token', secrets.tokens.viewer]);
  rows.push(['Ingest token', secrets.tokens.ingest]);
  rows.push(['Webhook secret', secrets.webhookSecret]);
  rows.push(['CWMP password', secrets.cwmpPassword]);
  rows.push(['Data, logs', `${facts.dataFolder}  (what runs where: stack.json)`]);
  return [
    '',
    bold('CPEmon is running'),
    ...rows.map(([title, text]) => `  ${title.padEnd(19)} ${text}`),
    '',
    'Reading needs no token here (READ_AUTH=none), as every port is open to this machine only.',
    `Scale with  npm run cpemon --${facts.dataOption} scale cpemon-writer 2    Stop with Ctrl-C`,
    '',
  ].join('\n');
}
