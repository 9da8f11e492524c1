import { ponSerialForms } from '@cpemon/domain';
import type {
  ImportRow,
  InventoryBox,
  InventoryFinding,
  InventoryImport,
  InventoryKey,
  InventoryLine,
} from '@cpemon/store';
import { rfc3339 } from '../rfc3339.js';

export function importView(found: InventoryImport) {
  const { counts, state } = found;
  const remark = found.remark === '' ? null : found.remark;
  return {
    ...{
      id: found.id,
      state,
      problem: state === 'done' ? null : remark,
      note: state === 'done' ? remark : null,
    },
    actor: found.actor,
    ...{ started_at: rfc3339(found.startedAt), finished_at: rfc3339(found.finishedAt) },
    ...{ total_bytes: found.totalBytes, read_bytes: found.readBytes },
    progress:
      found.totalBytes === 0
        ? 1
        : Math.min(1, Math.round((found.readBytes / found.totalBytes) * 1000) / 1000),
    rows: Object.values(counts).reduce((sum, count) => sum + count, 0),
    counts,
    /** Whether the owners of the lanes have been told all of it. */
    told: found.toldRevision >= found.writtenRevision,
  };
}

export function rowView({ row, outcome, code, detail, content }: ImportRow) {
  return { row, outcome, code, detail, content: parsed(content) };
}

/** Long ones are cut, and no JSON then. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}

export const rowsAsCsv = (rows: readonly ImportRow[]): string =>
  rows
    .map(
      ({ row, outcome, code, detail, content }) =>
        `${row},${outcome},${code},${quoted(detail)},${quoted(content)}\r\n`,
    )
    .join('');

/** What a spreadsheet would take for a formula is text. */
const quoted = (text: string): string =>
  `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

export function findingView({ boxes, lines, heard, history }: InventoryFinding) {
  return {
    devices: boxes.map((box) => boxView(box, heard.has(box.serialNumber))),
    lines: lines.map(lineView),
    history: history.map(({ serviceId, serialNumber, oui, productClass, from, until }) => ({
      ...{ service_id: serviceId, sn: serialNumber, oui, product_class: productClass },
      ...{ from: rfc3339(from), until: rfc3339(until) },
    })),
  };
}

function boxView(box: InventoryBox, isHeard: boolean) {
  return {
    ...{ sn: box.serialNumber, oui: box.oui, product_class: box.productClass },
    admin_state: !isHeard && box.adminState === 'in_service' ? 'expected' : box.adminState,
    service_id: box.line?.serviceId ?? null,
    labels: box.labels,
    keys: [...box.keys, ...(box.line?.keys ?? [])].map(keyView),
  };
}

function lineView({ serviceId, labels, keys, box }: InventoryLine) {
  return { service_id: serviceId, labels, keys: keys.map(keyView), sn: box?.serialNumber ?? null };
}

function keyView({ kind, value }: InventoryKey) {
  return kind === 'pon_serial'
    ? { kind, value, as_ascii: ponSerialForms(value)?.ascii ?? value }
    : { kind, value };
}
