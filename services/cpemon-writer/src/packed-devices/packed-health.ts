import {
  SEVERITIES,
  usualOf,
  type Anchor,
  type Baseline,
  type Condition,
  type HealthRecord,
} from '@cpemon/domain';
import {
  readNear,
  readNumber,
  readUint,
  writeNear,
  writeNumber,
  writeUint,
  type ByteRun,
} from './byte-run.js';
import { readText, writeText } from './byte-text.js';
import { readWord, writeWord, type KnownWords } from './known-words.js';

/** Which of them there are. */
const CONDITIONS = 1;
const BASELINES = 2;
const ANCHORS = 4;
/** Of a condition. */
const OPEN = 1;
const BEING_OVER = 2;
const FIRST_SEVERITY = 4;

/** What rules know of a device beside its health; nothing of most devices. */
export const hasHealthToPack = ({ healthReason, conditions, baselines, anchors }: HealthRecord): boolean =>
  healthReason !== '' || conditions !== null || baselines !== null || anchors !== null;

export function packHealth(run: ByteRun, words: KnownWords, record: HealthRecord, seenAt: number): void {
  const { conditions, baselines, anchors } = record;
  writeUint(
    run,
    (conditions === null ? 0 : CONDITIONS) |
      (baselines === null ? 0 : BASELINES) |
      (anchors === null ? 0 : ANCHORS),
  );
  writeText(run, record.healthReason);
  if (conditions !== null) {
    writeUint(run, conditions.length);
    for (const condition of conditions) packCondition(run, words, condition, seenAt);
  }
  if (baselines !== null) {
    writeUint(run, baselines.length);
    for (const { metric, day, hour, sum, count, days } of baselines) {
      writeWord(run, words, metric);
      for (const number of [day, hour, sum, count]) writeNumber(run, number);
      packNumbers(run, days);
    }
  }
  if (anchors === null) return;
  writeUint(run, anchors.length);
  for (const { rule, at, value, falls } of anchors) {
    writeWord(run, words, rule);
    writeNear(run, at, seenAt);
    writeNumber(run, value);
    packNumbers(run, falls);
  }
}

/** Takes up what was packed into a record. */
export function unpackHealth(run: ByteRun, words: KnownWords, record: HealthRecord, seenAt: number): void {
  const known = readUint(run);
  record.healthReason = readText(run);
  if ((known & CONDITIONS) !== 0)
    record.conditions = unpackList(run, () => unpackCondition(run, words, seenAt));
  if ((known & BASELINES) !== 0) record.baselines = unpackList(run, () => unpackBaseline(run, words));
  if ((known & ANCHORS) !== 0) {
    record.anchors = unpackList(run, (): Anchor => ({
      rule: readWord(run, words)!,
      at: readNear(run, seenAt),
      value: readNumber(run),
      falls: unpackNumbers(run),
    }));
  }
}

function packCondition(run: ByteRun, words: KnownWords, condition: Condition, seenAt: number): void {
  const { rule, severity, since, openedAt, reports, lastAt, overSince, value, text } = condition;
  writeWord(run, words, rule);
  writeUint(
    run,
    (openedAt === null ? 0 : OPEN) |
      (overSince === null ? 0 : BEING_OVER) |
      (SEVERITIES.indexOf(severity) * FIRST_SEVERITY),
  );
  writeNear(run, since, seenAt);
  if (openedAt !== null) writeNear(run, openedAt, seenAt);
  writeNumber(run, reports);
  writeNear(run, lastAt, seenAt);
  if (overSince !== null) writeNear(run, overSince, seenAt);
  writeNumber(run, value);
  writeText(run, text);
}

function unpackCondition(run: ByteRun, words: KnownWords, seenAt: number): Condition {
  const rule = readWord(run, words)!;
  const known = readUint(run);
  return {
    rule,
    severity: SEVERITIES[Math.floor(known / FIRST_SEVERITY)]!,
    since: readNear(run, seenAt),
    openedAt: (known & OPEN) === 0 ? null : readNear(run, seenAt),
    reports: readNumber(run),
    lastAt: readNear(run, seenAt),
    overSince: (known & BEING_OVER) === 0 ? null : readNear(run, seenAt),
    value: readNumber(run),
    text: readText(run),
  };
}

function unpackBaseline(run: ByteRun, words: KnownWords): Baseline {
  const metric = readWord(run, words)!;
  const [day, hour, sum, count] = [readNumber(run), readNumber(run), readNumber(run), readNumber(run)];
  const days = unpackNumbers(run);
  return { metric, day, hour, sum, count, days, usual: usualOf(days) };
}

function packNumbers(run: ByteRun, numbers: readonly number[]): void {
  writeUint(run, numbers.length);
  for (const number of numbers) writeNumber(run, number);
}

const unpackNumbers = (run: ByteRun): number[] => unpackList(run, () => readNumber(run));

function unpackList<T>(run: ByteRun, readOne: () => T): T[] {
  return Array.from({ length: readUint(run) }, readOne);
}
