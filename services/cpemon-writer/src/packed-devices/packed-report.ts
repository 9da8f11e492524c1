import type { AttributeName, Report } from '@cpemon/domain';
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
import { createKnownWords, readWord, writeWord, type KnownWords } from './known-words.js';
import {
  createReportShapes,
  newShape,
  shapeOf,
  type ReportShape,
  type ReportShapes,
} from './report-shapes.js';

/** What the bytes of many devices have in common, and what is needed to read them. */
export interface Vocabulary {
  words: KnownWords;
  shapes: ReportShapes;
}

export const createVocabulary = (): Vocabulary => ({
  words: createKnownWords(),
  shapes: createReportShapes(),
});

/** In place of a shape's code: the names are written out. */
const NAMES_WRITTEN_OUT = 0;

/** @param near times and sequence that the report's are likely to be close to */
export interface Nearby {
  orderAt: number;
  rankAt: number;
  sequence: number;
}

export function packReport(run: ByteRun, { words, shapes }: Vocabulary, report: Report, near: Nearby): void {
  const { attributes, metrics, orderAt, deviceTime } = report;
  const shape = shapeOf(shapes, report);
  writeUint(run, (shape?.code ?? NAMES_WRITTEN_OUT) * 2 + (deviceTime === null ? 0 : 1));
  if (shape === undefined) packNames(run, Object.keys(attributes), Object.keys(metrics));
  writeNear(run, orderAt, near.orderAt);
  if (deviceTime !== null) writeNear(run, deviceTime, orderAt);
  writeNear(run, report.rankAt, near.rankAt);
  writeNear(run, report.sequence, near.sequence);
  for (const name in attributes) {
    const value = attributes[name as AttributeName]!;
    // Addresses are a device's own.
    if (name === 'wan_ip') writeText(run, value);
    else writeWord(run, words, value);
  }
  for (const name in metrics) writeNumber(run, metrics[name]!);
}

export function unpackReport(run: ByteRun, { words, shapes }: Vocabulary, near: Nearby): Report {
  const head = readUint(run);
  const shape = head >>> 1 === NAMES_WRITTEN_OUT ? unpackNames(run) : shapes.byCode[head >>> 1]!;
  const orderAt = readNear(run, near.orderAt);
  const deviceTime = (head & 1) === 0 ? null : readNear(run, orderAt);
  const rankAt = readNear(run, near.rankAt);
  const sequence = readNear(run, near.sequence);
  const attributes = { ...shape.blank.attributes };
  for (const name of shape.attributes) {
    attributes[name] = name === 'wan_ip' ? readText(run) : readWord(run, words)!;
  }
  const metrics = { ...shape.blank.metrics };
  for (const name of shape.metrics) metrics[name] = readNumber(run);
  return { orderAt, deviceTime, rankAt, sequence, attributes, metrics };
}

function packNames(run: ByteRun, attributes: readonly string[], metrics: readonly string[]): void {
  for (const names of [attributes, metrics]) {
    writeUint(run, names.length);
    for (const name of names) writeText(run, name);
  }
}

function unpackNames(run: ByteRun): ReportShape {
  const readNames = () => Array.from({ length: readUint(run) }, () => readText(run));
  return newShape(NAMES_WRITTEN_OUT, readNames() as AttributeName[], readNames());
}
