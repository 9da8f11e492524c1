import type { RowDataPacket } from 'mysql2';
import { ACKNOWLEDGED } from '../load/ledger.js';
import type { Comparison, Evidence, Violation } from './comparison.js';

/**
 * The log against the sender's books: what was acknowledged is there; nothing is there more often than it was sent;
 * of each device what was acknowledged first stands first; nothing is there that nobody sent; no lane has a hole.
 */
export const logRecords: Comparison = {
  table: 'log_records',
  async compare(evidence) {
    return [...(await lanes(evidence)), ...events(evidence), ...phantoms(evidence)];
  },
};

async function lanes({ connection, tail }: Evidence): Promise<Violation[]> {
  const table = 'log_records';
  const violations = tail.holes.map(({ generation, lane, sequence, until }): Violation => {
    const position = `${generation}-${lane}-${sequence}`;
    return { kind: 'lost', table, position, detail: `the lane has a hole up to ${until}` };
  });
  const [rows] = await connection.query<RowDataPacket[]>('SELECT generation, lane, head_seq FROM log_lanes');
  for (const row of rows) {
    const read = tail
      .positions()
      .find(({ generation, lane }) => generation === row['generation'] && lane === row['lane']);
    const head = Number(row['head_seq']);
    if (read?.sequence === head) continue;
    const position = `${row['generation']}-${row['lane']}-${(read?.sequence ?? 0) + 1}`;
    const detail = `the lane's head is ${head}, its records end at ${read?.sequence}`;
    violations.push({ kind: 'lost', table, position, detail });
  }
  return violations;
}

function events({ ledger, log }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const [index, books] of ledger.devices.entries()) {
    const { copies, first } = log.devices[index]!;
    let before = 0;
    for (let n = 1; n <= books.sent; n += 1) {
      const event = `${books.serialNumber} #${n}`;
      const count = copies[n] ?? 0;
      if (count > books.attempts(n)) {
        const detail = `stands in the log ${count} times, was sent ${books.attempts(n)} times`;
        violations.push({ kind: 'doubled', table: 'log_records', event, detail });
      }
      if (books.state(n) !== ACKNOWLEDGED) continue;
      if (count === 0) {
        const detail = 'was acknowledged and is not in the log';
        violations.push({ kind: 'lost', table: 'log_records', event, detail });
        continue;
      }
      if (first[n]! < before) {
        const detail = `stands before an event of its device that was acknowledged earlier`;
        violations.push({ kind: 'out of order', table: 'log_records', event, detail });
      }
      before = Math.max(before, first[n]!);
    }
  }
  return violations;
}

const phantoms = ({ log }: Evidence): Violation[] =>
  log.phantoms.map((detail) => ({ kind: 'phantom', table: 'log_records', detail }));
