import { isIP } from 'node:net';
import type { CompiledRule } from './device-models.js';
import type { WanFact, WanTarget } from './model-file.js';
import { compareInstances, readParameterPath } from './parameter-path.js';
import { readNumber } from './units.js';

/** A way to the provider: a WAN*Connection of TR-098, an IP or PPP interface of TR-181. */
interface WanConnection {
  /** Path of its object, as readParameterPath has it, and its instance numbers. */
  pattern: string;
  instances: number[];
  facts: Partial<Record<WanFact, string>>;
  /** The first is its own; further ones are aliases or IPv6. */
  addresses: string[];
}

/** What one message says about the connection that carries the internet. */
export interface WanReadings {
  /** IPv4 or IPv6. */
  address?: string;
  /** How many connections that carry the internet are up; absent where no state was sent. */
  upConnections?: number;
  uptimeSeconds?: number;
  rxBytes?: number;
  txBytes?: number;
}

/** Collects what a message says about WAN connections, whose numbers mean nothing (docs/device-models.md section 3). */
export interface WanCollector {
  add(target: WanTarget, compiled: CompiledRule, instances: readonly number[], value: string): void;
  read(): WanReadings;
}

/** No CPE has more; a message that names more is none of a CPE. */
const MOST_CONNECTIONS = 256;

export function createWanCollector(): WanCollector {
  const connections = new Map<string, WanConnection>();
  const defaults: string[] = [];
  let requestHost = '';
  return {
    add({ wan }, { connection }, instances, value) {
      if (connection === undefined || (value === '' && wan !== 'route_destination')) return;
      if (wan === 'default_connection') return void defaults.push(normalised(value));
      if (wan === 'request_url') return void (requestHost = hostOf(value));
      const own = instances.slice(0, connection.instances);
      const key = `${connection.pattern}:${own.join('.')}`;
      let known = connections.get(key);
      if (known === undefined) {
        if (connections.size >= MOST_CONNECTIONS) return;
        known = { pattern: connection.pattern, instances: own, facts: {}, addresses: [] };
        connections.set(key, known);
      }
      if (wan === 'address') known.addresses.push(value.trim());
      else known.facts[wan] = value.trim();
    },
    read() {
      const all = [...connections.values()];
      const routes = all.flatMap(({ facts }) => defaultRouteOf(facts));
      return readWan(all, { defaults: [...defaults, ...routes.map(normalised)], requestHost });
    },
  };
}

/** What else the message says about which connection is the one. */
interface Hints {
  defaults: readonly string[];
  requestHost: string;
}

interface Candidate {
  connection: WanConnection;
  /** How likely it carries the internet; see `likelihood`. */
  score: number;
  /** Whether something says in so many words that it does. */
  said: boolean;
}

function readWan(all: readonly WanConnection[], hints: Hints): WanReadings {
  const candidates = all
    .filter(({ facts, addresses }) => addresses.length > 0 || facts.status !== undefined)
    .map((connection) => judge(connection, hints))
    .filter(({ score }) => score > UNLIKELY)
    .sort((a, b) => b.score - a.score || compareInstances(a.connection.instances, b.connection.instances));
  const said = candidates.filter((candidate) => candidate.said);
  const internet = said.length > 0 ? said : candidates;
  const readings: WanReadings = {};
  const withState = internet.filter(({ connection }) => connection.facts.status !== undefined);
  if (withState.length > 0) {
    readings.upConnections = withState.filter(({ connection }) => isUp(connection)).length;
  }
  const chosen =
    internet.find(({ connection }) => addressOf(connection) !== undefined)?.connection ??
    internet[0]?.connection;
  const address = chosen && addressOf(chosen);
  if (address !== undefined) readings.address = address;
  const uptime = counter(chosen?.facts.uptime);
  // Who is up and says 0 does not count it.
  if (uptime !== undefined && uptime > 0 && chosen !== undefined && isUp(chosen))
    readings.uptimeSeconds = uptime;
  const traffic = trafficOf(all, chosen);
  const rxBytes = counter(traffic?.facts.rx_bytes);
  const txBytes = counter(traffic?.facts.tx_bytes);
  if (rxBytes !== undefined) readings.rxBytes = rxBytes;
  if (txBytes !== undefined) readings.txBytes = txBytes;
  return readings;
}

/** Below this it is the LAN, the management or the telephone. */
const UNLIKELY = -50;

function judge(connection: WanConnection, { defaults, requestHost }: Hints): Candidate {
  const { facts, pattern } = connection;
  const services = facts.services ?? '';
  const name = facts.name ?? '';
  let score = 0;
  let said = false;
  if (/internet/i.test(services)) {
    score += 100;
    said = true;
  } else if (services !== '') score -= 100;
  if (services === '' && /internet/i.test(name)) {
    score += 50;
    said = true;
  } else if (services === '' && OTHER_SERVICE.test(name)) score -= 100;
  if (LAN_NAME.test(name)) score -= 200;
  const path = pathOf(connection);
  if (path !== '' && defaults.some((text) => text === path || text.startsWith(`${path}.`))) {
    score += 60;
    said = true;
  }
  if (pattern.includes('ppp')) score += 10;
  if (facts.status !== undefined) score += isUp(connection) ? 20 : -20;
  const address = addressOf(connection);
  if (address !== undefined) {
    if (!PRIVATE_ADDRESS.test(address)) score += 4;
    if (address === requestHost) score += 8;
    // An interface of TR-181 may as well be the LAN; a WAN*Connection or PPP may not.
    else if (requestHost !== '' && !said && PRIVATE_ADDRESS.test(address) && !/wan|ppp/.test(pattern))
      score -= 80;
  }
  return { connection, score, said };
}

const OTHER_SERVICE = /tr-?069|mgmt|manage|voip|voice|sip|iptv|multicast/i;
const LAN_NAME = /^(?:br|lan|lo|loopback|home|guest)(?:[-_.]?\w*)$/i;
/** RFC 1918, loopback, link-local; a provider may use 10/8 and 100.64/10 for its customers' WAN. */
const PRIVATE_ADDRESS = /^(?:192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|10\.|127\.|169\.254\.|fe80:|f[cd])/i;
const NO_ADDRESS = /^(?:0\.0\.0\.0|255\.255\.255\.255|127\..*|::1?|fe80:.*)$/i;

const isUp = ({ facts }: WanConnection): boolean => /^(?:up|connected)$/i.test(facts.status ?? '');

function addressOf({ addresses }: WanConnection): string | undefined {
  const usable = addresses.filter((address) => isIP(address) !== 0 && !NO_ADDRESS.test(address));
  return usable.find((address) => isIP(address) === 4) ?? usable[0];
}

/** TR-181, Routing.Router.{i}.IPv4Forwarding.{i}: an empty destination or 0.0.0.0 is the default route. */
function defaultRouteOf(facts: WanConnection['facts']): string[] {
  const { route_interface: path, route_destination: destination } = facts;
  return path !== undefined && (destination === '' || destination === '0.0.0.0') ? [path] : [];
}

/**
 * The interface whose counters are the connection's: the one it lies under, else its own, else the only one. A connection
 * that is up has been used: of such a one counters of 0 are those of a device that does not count there.
 */
function trafficOf(
  all: readonly WanConnection[],
  chosen: WanConnection | undefined,
): WanConnection | undefined {
  const counted = all.filter(({ facts }) => facts.rx_bytes !== undefined || facts.tx_bytes !== undefined);
  const whole = counted.filter(isWholeWan);
  const only = whole.length === 1 ? whole[0] : undefined;
  if (chosen === undefined) return only;
  const path = `${pathOf(chosen)}.`;
  const under = counted.filter((one) => path.startsWith(`${pathOf(one)}.`));
  under.sort((a, b) => a.instances.length - b.instances.length);
  const counting = under.find(hasCounted);
  if (counting !== undefined || isUp(chosen)) return counting ?? (under.length === 0 ? only : undefined);
  return under[0] ?? only;
}

const hasCounted = ({ facts }: WanConnection): boolean =>
  (counter(facts.rx_bytes) ?? 0) > 0 || (counter(facts.tx_bytes) ?? 0) > 0;

/** WANDevice.{i} is a WAN whatever else is known; an IP interface may be the LAN. */
const isWholeWan = ({ pattern }: WanConnection): boolean => /\.wandevice\.\{i\}$/.test(pattern);

function pathOf({ pattern, instances }: WanConnection): string {
  let at = 0;
  return pattern.replace(/\{i\}/g, () => String(instances[at++]));
}

/** A path of a device as `pathOf` has it: lower case, no blanks, no dot at the end. */
function normalised(value: string): string {
  const { pattern, instances } = readParameterPath(value.slice(0, 256));
  return pathOf({ pattern, instances, facts: {}, addresses: [] }).replace(/\.$/, '');
}

/** 4294967295 is how a device says that it does not know. */
function counter(text: string | undefined): number | undefined {
  const read = text === undefined ? undefined : readNumber(text, 'count');
  if (read === undefined || read.value < 0 || read.value > 2 ** 64 || read.value === 4_294_967_295)
    return undefined;
  return Math.trunc(read.value);
}

/** The address in a URL such as http://203.0.113.9:7547/path or http://[2001:db8::1]/. */
function hostOf(url: string): string {
  const match = /^\s*https?:\/\/(?:[^@/\s]*@)?(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?:[:/?#]|\s*$)/.exec(
    url.slice(0, 512),
  );
  return match?.[1] ?? match?.[2] ?? '';
}
