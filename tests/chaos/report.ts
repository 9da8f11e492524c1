import { VIOLATION_KINDS, type Violation } from './compare/comparison.js';
import type { FaultRecord } from './faults/run-faults.js';

/** A line a kind of fault: how many, and how long until everything went on. */
export function faultTable(records: readonly FaultRecord[]): string[] {
  const kinds = [...new Set(records.map(({ plan }) => plan.kind))].sort();
  const rows = kinds.map((kind) => {
    const of = records.filter(({ plan }) => plan.kind === kind);
    const injected = of.filter(({ outcome }) => outcome === 'injected');
    const times = injected.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b);
    const notes = [
      ...(of.some(({ outcome }) => outcome === 'unavailable') ? ['left out here'] : []),
      ...(of.some(({ outcome }) => outcome === 'missed')
        ? [`missed ${of.filter(({ outcome }) => outcome === 'missed').length}`]
        : []),
      ...(times.length < injected.length ? [`${injected.length - times.length} not recovered`] : []),
    ];
    return [kind, String(injected.length), median(times), seconds(times.at(-1)), notes.join(', ')];
  });
  const table = [['fault', 'count', 'recovery p50', 'max', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : at < 4 ? cell.padStart(widths[at]!) : cell))
      .join('  ')
      .trimEnd(),
  );
}

const median = (sorted: readonly number[]): string => seconds(sorted[Math.floor((sorted.length - 1) / 2)]);
const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`);

const SHOWN_OF_A_TABLE = 5;

/** The first violations of each table, each in a line with the event that proves it. */
export function violationLines(violations: readonly Violation[]): string[] {
  const tables = [...new Set(violations.map(({ table }) => table))];
  return tables.flatMap((table) => {
    const of = violations.filter((violation) => violation.table === table);
    const lines = of.slice(0, SHOWN_OF_A_TABLE).map(violationLine);
    return of.length > lines.length ? [...lines, `       and ${of.length - lines.length} more`] : lines;
  });
}

function violationLine({ kind, table, event, position, detail }: Violation): string {
  const where = [event, position === undefined || position === '' ? undefined : `at ${position}`];
  const subject = where.filter((part) => part !== undefined).join(' ');
  return `${kind.toUpperCase()}  ${table}: ${subject === '' ? '' : `${subject}: `}${detail}`;
}

/** The violation that shows most: one that names an event, and is more than that something waits. */
export function proofLine(violations: readonly Violation[]): string | undefined {
  const worth = ({ kind, event, position }: Violation): number =>
    (event === undefined ? 0 : 2) + (position === undefined ? 0 : 1) + (kind === 'stuck' ? 0 : 4);
  const [best] = [...violations].sort((a, b) => worth(b) - worth(a));
  return best === undefined ? undefined : violationLine(best);
}

export interface Outcome {
  seed: number;
  acknowledged: number;
  inDoubt: number;
  records: readonly FaultRecord[];
  violations: readonly Violation[];
}

export function closingLine({ seed, acknowledged, inDoubt, records, violations }: Outcome): string {
  const injected = records.filter(({ outcome }) => outcome === 'injected');
  const kinds = new Set(injected.map(({ plan }) => plan.kind)).size;
  const counts = VIOLATION_KINDS.map(
    (kind) => `${violations.filter((violation) => violation.kind === kind).length} ${kind}`,
  );
  return (
    `chaos: ${acknowledged} events acknowledged, ${inDoubt} in doubt, ` +
    `${injected.length} faults of ${kinds} kinds: ${counts.join(', ')} (seed ${seed})`
  );
}
