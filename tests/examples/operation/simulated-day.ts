import { DEFAULT_REACHABILITY_SETTINGS, offlineAfterMs } from '@cpemon/domain';
import type { ShownAlert } from '@cpemon/store';
import type { Incident } from '../../../services/cpe-simulator/src/scenarios/incident-log.js';
import { readScenario, type Scenario } from '../../../services/cpe-simulator/src/scenarios/scenario-file.js';
import { findingsOf, type Findings } from './findings.js';
import { startOperation, type Operation } from './operation.js';

export interface SimulatedDayOptions {
  devices: number;
  /** How often devices report, seconds. */
  intervalSeconds: number;
  /** Whether ten things break in the course of the day. */
  faults: boolean;
  /** Devices of a site; a BNG has two. */
  devicesPerSite: number;
  seed?: number;
  /** Told now and then how far the day is. */
  say?: (line: string) => void;
}

/** A thing that broke, and what CPEmon made of it. */
export interface FoundFault {
  incident: Incident;
  /** The alarm of its group; undefined: it was not found. */
  alarm: ShownAlert | undefined;
  /** Messages that said that it began. */
  notifications: number;
  /** Messages of single devices of it: before its alarm was told, while that was on, and once it was over. */
  ofMembers: { before: number; during: number; afterwards: number };
}

export interface SimulatedDay {
  operation: Pick<Operation, 'accepted'>;
  findings: Findings;
  /** Messages that somebody has to read, but for those that say that something is over. */
  notifications: number;
  faults: FoundFault[];
}

const HOUR = 3600;
const DAY_HOURS = 24;
const STEP_SECONDS = 600;
const DEVICES_PER_PON = 32;
const SITES_PER_BNG = 2;

/** What a fleet that is well does in a day: seconds from its beginning. */
const USUAL_DAY = [
  // Households that switch their box off for the night.
  switching(0.05, 9 * HOUR, 18 * HOUR),
  // Boxes that boot, of themselves or by a hand.
  { action: 'reboot', at: 0, select: { share: 0.02 }, withinSeconds: [0, DAY_HOURS * HOUR] },
  // All DSL lines are trained anew.
  { action: 'reconnect', at: 15 * HOUR, select: { access: 'dsl' }, withinSeconds: [0, 2 * HOUR] },
  { action: 'clock', at: 0, select: { share: 0.05 }, is: 'skewed' },
  { action: 'clock', at: 0, select: { share: 0.02 }, is: 'unset' },
  // A line here and there that comes and goes, and a box here and there that dies.
  {
    ...{ action: 'flap', at: 0, until: DAY_HOURS * HOUR, select: { share: 0.001 } },
    ...{ onSeconds: [HOUR, 4 * HOUR], offSeconds: [60, 1800] },
  },
  { action: 'lose-power', at: 5 * HOUR, select: { share: 0.0002 } },
  { action: 'duplicates', at: 0, share: 0.01 },
];

function switching(share: number, at: number, until: number): object {
  return {
    action: 'switch-off',
    at,
    until,
    select: { tier: 'residential', share },
    withinSeconds: [0, 2 * HOUR],
  };
}

const CAUSES = {
  power: { action: 'lose-power', neverShare: 0 },
  line: { action: 'lose-line', evidence: 'line' },
  olt: { action: 'lose-line', evidence: 'lost-carrier' },
  bng: { action: 'lose-line', evidence: 'nas-reboot', returnSeconds: [1, 60] },
};
const TRUTHS = {
  power: { cause: 'power_loss', named: 'power' },
  line: { cause: 'line_cut', named: 'line' },
  olt: { cause: 'olt_failure', named: 'session' },
  bng: { cause: 'bng_failure', named: 'session' },
};
/** What breaks, in what order; every two hours something does. */
const BREAKS = ['power', 'line', 'olt', 'bng', 'line', 'power', 'olt', 'line', 'power', 'olt'] as const;

/** Each in a part of the network of its own. @param sites how many there are, numbered from 1 */
function plantedFaults(sites: number, lastingSeconds: number): { atSeconds: number; scenario: Scenario }[] {
  const apart = Math.floor(sites / (BREAKS.length + 1));
  return BREAKS.map((kind, n) => {
    const site = String(1 + (n + 1) * apart).padStart(4, '0');
    const bng = String(1 + Math.floor(((n + 1) * apart) / SITES_PER_BNG)).padStart(4, '0');
    const select = {
      power: { group: 'site', named: `site-${site}` },
      line: { group: 'pon', named: `olt-${site}/pon-1` },
      olt: { group: 'olt', named: `olt-${site}` },
      bng: { group: 'bng', named: `bng-${bng}` },
    }[kind];
    const truth = { ...TRUTHS[kind], finding: 'group_alarm', notifications: [1, 1], step: 0 };
    const step = { ...CAUSES[kind], at: 0, until: lastingSeconds, select };
    const scenario = readScenario({ name: `fault-${n + 1}`, steps: [step], truth });
    return { atSeconds: (1 + 2 * n) * HOUR, scenario };
  });
}

/** A day of a fleet in simulated time, and what CPEmon says of it. */
export async function simulateDay(options: SimulatedDayOptions): Promise<SimulatedDay> {
  const { devices, intervalSeconds, devicesPerSite, seed = 1, say } = options;
  const operation = await startOperation({
    ...{ devices, intervalSeconds, seed, mix: 'heartbeat=60,webhook=40' },
    plan: { devicesPerSite, devicesPerPon: DEVICES_PER_PON, sitesPerBng: SITES_PER_BNG },
  });
  try {
    const offlineSeconds = offlineAfterMs(intervalSeconds * 1000, DEFAULT_REACHABILITY_SETTINGS) / 1000;
    await operation.pass((2 * intervalSeconds) / 60, STEP_SECONDS);
    const { stage } = operation;
    stage.player.start(readScenario({ name: 'usual-day', steps: USUAL_DAY }));
    for (const { atSeconds, scenario } of options.faults
      ? plantedFaults(Math.floor(devices / devicesPerSite), offlineSeconds + HOUR)
      : [])
      stage.simulation.later(atSeconds * 1000, () => void stage.player.start(scenario));
    const hours = DAY_HOURS + Math.ceil(offlineSeconds / HOUR);
    for (let hour = 1; hour <= hours; hour += 1) {
      await operation.pass(60, STEP_SECONDS);
      say?.(`hour ${hour} of ${hours}: ${operation.accepted()} events`);
    }
    const findings = await findingsOf(operation);
    const beginnings = findings.messages.filter(({ kind }) => kind !== 'alert.resolved');
    const faults = stage.incidents.list().map((incident) => foundFault(incident, findings));
    return { operation, findings, notifications: beginnings.length, faults };
  } finally {
    await operation.stop();
  }
}

function foundFault(incident: Incident, { alerts, messages }: Findings): FoundFault {
  const [[label, value]] = Object.entries(incident.labels) as [[string, string]];
  const alarm = alerts.find(
    ({ groupLabel, groupValue, state }) =>
      groupLabel === label && groupValue === value && state !== 'pending',
  );
  const began = messages.filter(({ kind }) => kind === 'alert.firing');
  const members = new Set(incident.serial_numbers);
  const ofMembers = began.filter(
    ({ madeAt, data }) => members.has(String(data['sn'])) && madeAt >= Date.parse(incident.began_at),
  );
  const toldAt = alarm?.notifiedAt ?? Infinity;
  const endedAt = alarm?.endedAt ?? Infinity;
  const before = ofMembers.filter(({ madeAt }) => madeAt < toldAt).length;
  const afterwards = ofMembers.filter(({ madeAt }) => madeAt >= endedAt).length;
  return {
    ...{ incident, alarm, notifications: began.filter(({ data }) => isOf(data, label, value)).length },
    ofMembers: { before, during: ofMembers.length - before - afterwards, afterwards },
  };
}

const isOf = (data: Record<string, unknown>, label: string, value: string): boolean => {
  const group = data['group'] as { label: string; value: string } | undefined;
  return group?.label === label && group.value === value;
};
