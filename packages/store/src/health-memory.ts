import {
  SEVERITIES,
  usualOf,
  type Anchor,
  type Baseline,
  type Condition,
  type HealthRecord,
} from '@cpemon/domain';

/**
 * What rules remember of a device, in its memory (device-memory.ts):
 *
 *   {"open":[[rule, severity, since, openedAt, reports, lastAt, overSince, value, text], …],
 *    "usual":[[metric, day, hour, sum, count, [mean, …]], …],
 *    "from":[[rule, at, value, [fall, …]], …]}
 *
 * Times in epoch ms; what is empty is left out.
 */
export interface HealthMemoryJson {
  open?: ConditionJson[];
  usual?: [metric: string, day: number, hour: number, sum: number, count: number, days: number[]][];
  from?: [rule: string, at: number, value: number, falls: number[]][];
}

type ConditionJson = [
  rule: string,
  severity: number,
  since: number,
  openedAt: number | null,
  reports: number,
  lastAt: number,
  overSince: number | null,
  /** Null for NaN. */
  value: number | null,
  text: string,
];

type Remembered = Pick<HealthRecord, 'conditions' | 'baselines' | 'anchors'>;

export const hasHealthMemory = ({ conditions, baselines, anchors }: Remembered): boolean =>
  conditions !== null || baselines !== null || anchors !== null;

/** @param escape see `encodeMemory` */
export function encodeHealth(
  { conditions, baselines, anchors }: Remembered,
  escape: (json: string) => string,
): string {
  let text = '';
  if (conditions !== null)
    text += `,"open":[${conditions.map((each) => encodeCondition(each, escape)).join()}]`;
  if (baselines !== null)
    text += `,"usual":[${baselines.map((each) => encodeBaseline(each, escape)).join()}]`;
  if (anchors !== null) text += `,"from":[${anchors.map(encodeAnchor).join()}]`;
  return `{${text.slice(1)}}`;
}

function encodeCondition(condition: Condition, escape: (json: string) => string): string {
  const { rule, severity, since, openedAt, reports, lastAt, overSince, value, text } = condition;
  const number = Number.isFinite(value) ? value : null;
  const course = `${since},${openedAt},${reports},${lastAt},${overSince}`;
  return `["${rule}",${SEVERITIES.indexOf(severity)},${course},${number},${escape(JSON.stringify(text))}]`;
}

/** A file of rules may name metrics of its own, which are a-z, 0-9 and _. */
function encodeBaseline(
  { metric, day, hour, sum, count, days }: Baseline,
  escape: (json: string) => string,
): string {
  return `[${escape(JSON.stringify(metric))},${day},${hour},${sum},${count},[${days.join()}]]`;
}

const encodeAnchor = ({ rule, at, value, falls }: Anchor): string =>
  `["${rule}",${at},${value},[${falls.join()}]]`;

export function decodeHealth(memory: HealthMemoryJson | undefined): Remembered {
  const { open, usual, from } = memory ?? {};
  return {
    conditions: open === undefined ? null : open.map(decodeCondition),
    baselines: usual === undefined ? null : usual.map(decodeBaseline),
    anchors: from === undefined ? null : from.map(([rule, at, value, falls]) => ({ rule, at, value, falls })),
  };
}

function decodeCondition(json: ConditionJson): Condition {
  const [rule, severity, since, openedAt, reports, lastAt, overSince, value, text] = json;
  const course = { since, openedAt, reports, lastAt, overSince };
  return { rule, severity: SEVERITIES[severity]!, ...course, value: value ?? NaN, text };
}

function decodeBaseline([metric, day, hour, sum, count, days]: NonNullable<
  HealthMemoryJson['usual']
>[number]): Baseline {
  return { metric, day, hour, sum, count, days, usual: usualOf(days) };
}
