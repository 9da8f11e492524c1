import type { AttributeName } from '@cpemon/domain';
import type { UnitName } from './units.js';

/** A file of mappings: what parameters of some devices mean. docs/device-models.md says how to write one. */
export interface ModelFile {
  /** Names the file in error messages: "ZTE". */
  name: string;
  /** Whose parameters it reads; absent: everybody's. */
  match?: SenderMatch;
  rules: ModelRule[];
  /** Parameters that no rule reads and whose values are kept all the same: they say nothing private. */
  known?: string[];
  /** Parameters worth asking a device for, with their instance numbers. */
  ask?: string[];
}

/** All that is given must hold; of each list one entry. Beginnings of texts, upper and lower case alike. */
export interface SenderMatch {
  manufacturers?: string[];
  productClasses?: string[];
  ouis?: string[];
}

/** What one parameter means. `path` has `{i}` for each instance number. */
export type ModelRule = { path: string } & RuleTarget;

export type RuleTarget =
  | MetricTarget
  | { attribute: AttributeName }
  /** The PeriodicInformInterval. */
  | { interval: 's' }
  /** Total and free memory, which make `memory_total_bytes` and `memory_used_ratio`. */
  | { memory: 'total' | 'free'; unit: UnitName }
  | WanTarget;

export interface MetricTarget {
  metric: string;
  unit: UnitName;
  /** Numbers, as sent, with which the device says that it has no reading. 4294967295 always does. */
  noReading?: number[];
  /** Which one counts when a device has several; `first` is that of the lowest instance numbers. */
  of?: Combination;
}

export const COMBINATIONS = ['first', 'sum', 'max', 'min'] as const;
export type Combination = (typeof COMBINATIONS)[number];

/** A fact about a WAN connection; wan-connection.ts decides which of them carries the internet. */
export interface WanTarget {
  wan: WanFact;
  /** The beginning of `path` that names the connection (or, for traffic, the interface that it runs over). */
  connection: string;
}

export const WAN_FACTS = [
  'address',
  'status',
  'services',
  'name',
  'uptime',
  'rx_bytes',
  'tx_bytes',
  /** Path of the connection that is the default route. */
  'default_connection',
  /** An entry of the forwarding table, which is the default route where its destination is empty or 0.0.0.0. */
  'route_destination',
  'route_interface',
  /** The ConnectionRequestURL, whose host is an address of the WAN. */
  'request_url',
] as const;
export type WanFact = (typeof WAN_FACTS)[number];
