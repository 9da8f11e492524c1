import type { Fleet } from '../fleet.js';
import type { Scenario, ScenarioStep } from './scenario-file.js';

/** Something that really happened: what a monitor's alarms are compared with. */
export interface Incident {
  id: number;
  scenario: string;
  cause: string;
  /** Labels that all affected devices have in common, by the names of the inventory: `{"pon": "olt-0001/pon-3"}`. */
  labels: Record<string, string>;
  /** What they have in common as they report it: model, firmware, access. */
  attributes: Record<string, string>;
  /** RFC 3339: when the cause began, and when it was over; devices may come back later. */
  began_at: string;
  ended_at: string | null;
  /** All times of it were divided by this. */
  faster: number;
  /** Devices affected, and all that have the labels and attributes. */
  devices: number;
  members: number;
  /** Of the affected, those that are silent now. */
  silent_now: number;
  expected: {
    finding: string;
    named_cause: string;
    evidence: readonly string[];
    least_notifications: number;
    most_notifications: number;
    must_not_claim: readonly string[];
  };
  /** The first of the affected. */
  serial_numbers: string[];
}

export interface IncidentLog {
  /** @returns what ends it */
  begin(scenario: Scenario, devices: readonly number[], faster: number): () => void;
  list(): Incident[];
}

/** Kept; older ones are forgotten. */
const MOST_INCIDENTS = 1000;
/** Serial numbers kept of one. */
const MOST_SERIAL_NUMBERS = 10_000;

export function createIncidentLog(fleet: Fleet, now: () => number): IncidentLog {
  const log: { incident: Incident; devices: readonly number[] }[] = [];
  let made = 0;
  return {
    begin({ name, truth, steps }, devices, faster) {
      if (truth === undefined) return () => undefined;
      const step = steps[truth.step]!;
      const { labels, attributes } = inCommon(fleet, step, devices);
      const incident: Incident = {
        id: ++made,
        scenario: name,
        cause: truth.cause,
        ...{ labels, attributes },
        began_at: new Date(now()).toISOString(),
        ended_at: null,
        faster,
        devices: devices.length,
        members: membersOf(fleet, step, labels),
        silent_now: 0,
        expected: {
          finding: truth.finding,
          named_cause: truth.named,
          evidence: truth.evidence,
          least_notifications: truth.notifications[0],
          most_notifications: truth.notifications[1],
          must_not_claim: truth.notClaimed,
        },
        serial_numbers: devices.slice(0, MOST_SERIAL_NUMBERS).map((device) => fleet.serialNumberOf(device)),
      };
      log.push({ incident, devices });
      if (log.length > MOST_INCIDENTS) log.shift();
      return () => void (incident.ended_at ??= new Date(now()).toISOString());
    },
    list: () =>
      log.map(({ incident, devices }) => ({
        ...incident,
        silent_now: devices.filter((device) => fleet.silence[device] !== 0).length,
      })),
  };
}

function inCommon(
  fleet: Fleet,
  { select, parameters }: ScenarioStep,
  devices: readonly number[],
): Pick<Incident, 'labels' | 'attributes'> {
  const [first] = devices;
  const labels: Record<string, string> = {};
  const attributes: Record<string, string> = {};
  if (first === undefined) return { labels, attributes };
  if (select.group !== undefined) labels[select.group] = fleet.placeOf(first)[select.group]!;
  if (select.model !== undefined) {
    labels['model'] = select.model;
    attributes['model'] = fleet.modelOf(first).model;
  }
  if (typeof parameters['version'] === 'string') attributes['sw_version'] = parameters['version'];
  if (select.access !== undefined) attributes['access'] = select.access;
  return { labels, attributes };
}

/** Devices that could have been affected: all of the group, the model or the access, whatever share of them was. */
function membersOf(fleet: Fleet, { select }: ScenarioStep, labels: Record<string, string>): number {
  const { group, model, access } = select;
  let members = 0;
  for (let device = 0; device < fleet.size; device++) {
    const its = fleet.modelOf(device);
    if (model !== undefined && its.name !== model) continue;
    if (access !== undefined && its.access !== access) continue;
    if (group !== undefined && fleet.placeOf(device)[group] !== labels[group]) continue;
    members += 1;
  }
  return members;
}
