import type { AttributeName, Report } from '@cpemon/domain';

/** The names of a report's values, in their order. */
export interface ReportShape {
  code: number;
  attributes: AttributeName[];
  metrics: string[];
  /** Objects with these names, to be copied: quicker than to put one together name by name. */
  blank: Pick<Report, 'attributes' | 'metrics'>;
}

/**
 * The shapes of the reports of many devices, of which there are few. A shape that comes when there is no room has no
 * code, and its names are written out.
 */
export interface ReportShapes {
  /** By code, from 1. */
  byCode: (ReportShape | undefined)[];
  root: NamesNode;
  nodes: number;
  last: ReportShape | undefined;
}

/** A place in the tree of names: attributes first, then metrics. */
interface NamesNode {
  next: Map<string, NamesNode>;
  /** Where the metrics begin. */
  metrics: NamesNode | undefined;
  shape: ReportShape | undefined;
}

const MOST_NODES = 4096;
const newNode = (): NamesNode => ({ next: new Map(), metrics: undefined, shape: undefined });

export const createReportShapes = (): ReportShapes => ({
  byCode: [undefined],
  root: newNode(),
  nodes: 1,
  last: undefined,
});

/** The shape of a report; undefined when it is none of those there is room for. */
export function shapeOf(shapes: ReportShapes, report: Report): ReportShape | undefined {
  const { last } = shapes;
  if (last !== undefined && isOfShape(report, last)) return last;
  const shape = findShape(shapes, report);
  if (shape !== undefined) shapes.last = shape;
  return shape;
}

function isOfShape(report: Report, { attributes, metrics }: ReportShape): boolean {
  let n = 0;
  for (const name in report.attributes) {
    if (attributes[n] !== name) return false;
    n += 1;
  }
  if (n !== attributes.length) return false;
  n = 0;
  for (const name in report.metrics) {
    if (metrics[n] !== name) return false;
    n += 1;
  }
  return n === metrics.length;
}

function findShape(shapes: ReportShapes, report: Report): ReportShape | undefined {
  let node: NamesNode | undefined = shapes.root;
  for (const name in report.attributes) {
    node = step(shapes, node, name);
    if (node === undefined) return undefined;
  }
  if (node.metrics === undefined) {
    if (shapes.nodes >= MOST_NODES) return undefined;
    shapes.nodes += 1;
    node.metrics = newNode();
  }
  node = node.metrics;
  for (const name in report.metrics) {
    node = step(shapes, node, name);
    if (node === undefined) return undefined;
  }
  if (node.shape === undefined) {
    const attributes = Object.keys(report.attributes) as AttributeName[];
    node.shape = newShape(shapes.byCode.length, attributes, Object.keys(report.metrics));
    shapes.byCode.push(node.shape);
  }
  return node.shape;
}

function step(shapes: ReportShapes, node: NamesNode, name: string): NamesNode | undefined {
  const known = node.next.get(name);
  if (known !== undefined) return known;
  if (shapes.nodes >= MOST_NODES) return undefined;
  shapes.nodes += 1;
  const next = newNode();
  node.next.set(name, next);
  return next;
}

export function newShape(code: number, attributes: AttributeName[], metrics: string[]): ReportShape {
  const blank: ReportShape['blank'] = { attributes: {}, metrics: {} };
  for (const name of attributes) blank.attributes[name] = '';
  // A fraction, so that V8 takes them for fields of doubles from the start.
  for (const name of metrics) blank.metrics[name] = 0.5;
  return { code, attributes, metrics, blank };
}
