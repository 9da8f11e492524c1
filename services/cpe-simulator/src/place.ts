import type { FleetPlan } from './fleet-plan.js';
import type { Access } from './models/model-file.js';
import { unitOf } from './seeded-random.js';

/** Where a device stands in the network. A line keeps its place when the box on it is replaced. */
export interface Place {
  region: string;
  site: string;
  bng: string;
  tier: string;
  /** The line: what the subscriber has, whichever box is on it. */
  serviceId: string;
  /** Of a device on fibre. */
  olt?: string;
  pon?: string;
  /** Of a device on DSL. */
  dslam?: string;
  /** Its modem or terminal has a battery of its own. */
  hasBattery: boolean;
}

const STREAM = { tier: 10, battery: 11 };
const BATTERY_SHARE = 0.03;

/** Neighbours by number are neighbours in the network: a block of devices is a site, a block of that a PON. */
export function placeOf(index: number, seed: number, access: Access, plan: FleetPlan): Place {
  const site = Math.floor(index / plan.devicesPerSite);
  const bng = Math.floor(site / plan.sitesPerBng);
  const siteName = `site-${number(site)}`;
  const pon = Math.floor((index % plan.devicesPerSite) / plan.devicesPerPon);
  return {
    region: plan.regions[bng % plan.regions.length]!,
    site: siteName,
    bng: `bng-${number(bng)}`,
    tier: pick(plan.tiers, unitOf(seed, index, STREAM.tier)),
    serviceId: `line-${String(index + 1).padStart(8, '0')}`,
    ...(access === 'fibre' ? { olt: `olt-${number(site)}`, pon: `olt-${number(site)}/pon-${pon + 1}` } : {}),
    ...(access === 'dsl' ? { dslam: `dslam-${number(site)}` } : {}),
    hasBattery: unitOf(seed, index, STREAM.battery) < BATTERY_SHARE,
  };
}

const number = (index: number): string => String(index + 1).padStart(4, '0');

function pick(shares: Readonly<Record<string, number>>, draw: number): string {
  const entries = Object.entries(shares);
  let left = draw * entries.reduce((sum, [, share]) => sum + share, 0);
  for (const [name, share] of entries) {
    left -= share;
    if (left < 0) return name;
  }
  return entries[0]?.[0] ?? 'residential';
}
