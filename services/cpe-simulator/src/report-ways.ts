import { unknownName } from './nearest-name.js';

/** The ways in which a CPE can report, and the path that each takes into the target. */
export const WAYS = {
  heartbeat: 'heartbeat',
  telemetry: 'telemetry',
  webhook: 'webhook',
  'webhook-xml': 'webhook',
  cwmp: 'cwmp',
  mirror: 'mirror',
  'bulk-tree': 'bulk',
  'bulk-pairs': 'bulk',
  'bulk-rows': 'bulk',
  'bulk-columns': 'bulk',
} as const;
export type Way = keyof typeof WAYS;

/** The paths of devices' own reports. */
export type ReportPath = (typeof WAYS)[Way];

/** What the truth counts apart; `observation` is what others tell of devices. */
export const PATHS = ['heartbeat', 'telemetry', 'webhook', 'cwmp', 'mirror', 'bulk', 'observation'] as const;
export type Path = (typeof PATHS)[number];

/** Shares of the fleet by way, relative to each other, in an order that keeps a device's way when shares change little. */
export type Mix = readonly { way: Way; weight: number }[];

const SHORT: Record<string, readonly Way[]> = {
  bulk: ['bulk-tree', 'bulk-pairs', 'bulk-rows', 'bulk-columns'],
};

/**
 * Reads `cwmp=20,heartbeat=80`; `bulk=8` is each of its four formats with 2.
 * @throws Error with a sentence
 */
export function parseMix(text: string): Mix {
  const mix = text.split(',').flatMap((part) => {
    const [name = '', share = '', more] = part.trim().split('=');
    const ways = SHORT[name] ?? (Object.hasOwn(WAYS, name) ? [name as Way] : undefined);
    if (ways === undefined)
      throw new Error(
        `cannot be used: ${unknownName('way to report', name, [...Object.keys(WAYS), 'bulk'])}`,
      );
    if (!/^\d+(\.\d+)?$/.test(share) || more !== undefined)
      throw new Error('must be like cwmp=20,heartbeat=80');
    return ways.map((way) => ({ way, weight: Number(share) / ways.length }));
  });
  if (!mix.some(({ weight }) => weight > 0)) throw new Error('must have a share above 0');
  return mix;
}

/** The way at a number in [0, 1). */
export function pickWay(mix: Mix, draw: number): Way {
  let left = draw * mix.reduce((sum, { weight }) => sum + weight, 0);
  for (const { way, weight } of mix) {
    left -= weight;
    if (left < 0) return way;
  }
  return mix[0]?.way ?? 'heartbeat';
}
