import type { ShownAlert } from '@cpemon/store';
import type { Incident } from '../../../services/cpe-simulator/src/scenarios/incident-log.js';
import type { Findings } from '../operation/findings.js';

/** A row of the table of an example: what it is about, and what was seen. */
export type Row = readonly [about: string, seen: string];

/** What happened, by the simulator's truth, and what CPEmon said of it: the same at each run. */
export function figuresOf(incidents: readonly Incident[], findings: Findings): Row[] {
  const { alerts, messages, reachability, conditions } = findings;
  const told = alerts.filter(({ state }) => state !== 'pending');
  return [
    ...incidents.map((incident): Row => ['what happened', happened(incident)]),
    ...(told.length === 0 ? ([['alerts', 'none']] as Row[]) : []),
    ...told.filter(({ kind }) => kind === 'group').flatMap(groupRows),
    ...deviceRows(told.filter(({ kind }) => kind === 'device')),
    [
      'messages to a receiver',
      countsText(
        countBy(messages, ({ kind }) => `\`${kind}\``),
        'none',
      ),
    ],
    ['devices at the end', countsText(reachability, 'none')],
    ['conditions at the end', countsText(conditions, 'none')],
  ];
}

/** Time of day, UTC. */
export const clock = (at: number | null): string =>
  at === null ? '–' : new Date(at).toISOString().slice(11, 19);

function happened({ cause, labels, attributes, devices, members, began_at, ended_at }: Incident): string {
  const where = Object.entries({ ...labels, ...attributes })
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    .join(', ');
  const until = ended_at === null ? 'and lasts' : `until ${clock(Date.parse(ended_at))}`;
  const what = cause.replaceAll('_', ' ');
  return `${what}${where === '' ? '' : ` (${where})`}: ${devices} of ${members} devices, from ${clock(Date.parse(began_at))} ${until}`;
}

function groupRows(alert: ShownAlert): Row[] {
  const { related = [], observations = [], others_share: others } = alert.evidence as Evidence;
  return [
    ['alert', `\`${alert.rule}\`, ${alert.severity}: ${alert.summary}`],
    [
      'began, told, ended',
      `${clock(alert.startedAt)}, ${alert.notification === 'none' ? `nobody is told (${alert.quiet})` : clock(alert.notifiedAt)}, ${clock(alert.endedAt)}`,
    ],
    ...(alert.endedAt === null
      ? []
      : ([
          [
            'closing figures',
            `most missing ${alert.mostMissing}, ${Math.round(alert.deviceSeconds / 60)} device minutes`,
          ],
        ] as Row[])),
    ...(alert.rule === 'group' ? evidenceRows(alert.cause, observations) : []),
    ...(others === undefined ? [] : ([['share of others', `${Math.round(others * 100)} %`]] as Row[])),
    ...(related.length === 0
      ? []
      : ([['explained by it', related.map(({ label, value }) => `${label} ${value}`).join(', ')]] as Row[])),
  ];
}

interface Evidence {
  related?: { label: string; value: string }[];
  observations?: { observer: string; observed: string; devices: number; of: number }[];
  others_share?: number;
}

function evidenceRows(cause: string, observations: NonNullable<Evidence['observations']>): Row[] {
  const told = observations
    .map(({ observer, observed, devices, of }) => `${observer} \`${observed}\` of ${devices} of ${of}`)
    .join(', ');
  return [[`cause \`${cause}\``, told === '' ? 'nobody told of any' : told]];
}

/** Alerts of devices, by rule and who was told. */
function deviceRows(alerts: readonly ShownAlert[]): Row[] {
  const counts = countBy(alerts, ({ rule, quiet, notification, parentId }) =>
    notification === 'none'
      ? `\`${rule}\` of which nobody is told${quiet === '' && parentId === null ? '' : ` (${quiet === '' ? 'group' : quiet})`}`
      : `\`${rule}\` told`,
  );
  return Object.keys(counts).length === 0 ? [] : [['alerts of single devices', countsText(counts, '')]];
}

export function countBy<T>(all: readonly T[], nameOf: (one: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of all) counts[nameOf(one)] = (counts[nameOf(one)] ?? 0) + 1;
  return counts;
}

export function countsText(counts: Record<string, number>, none: string): string {
  const names = Object.keys(counts).sort();
  return names.length === 0 ? none : names.map((name) => `${counts[name]} ${name}`).join(', ');
}
