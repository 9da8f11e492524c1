import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** Whose events that are set aside go: of one serial number, up to the erasure. */
export interface ErasedSetAside {
  group: string;
  /** The lane that the serial number is at home in. */
  generation: number;
  lane: number;
  subject: string;
  /** Epoch ms: dead letters that were received later stay. */
  erasedAt: number;
  /** Whether an event of this OUI and product class is meant; both empty where it names none. */
  covers: (identity: { oui: string; productClass: string }) => boolean;
}

const ROWS_A_STATEMENT = 500;

/**
 * Within the state transaction that erases a device: its dead letters lose all that says of whom they were, and those
 * that wait for an operator are discarded. Its parked events are tried at once, and found to be erased then.
 */
export async function eraseSetAside(transaction: Connection, erased: ErasedSetAside): Promise<void> {
  const { group, generation, lane, subject } = erased;
  await transaction.query(
    `UPDATE log_parked SET next_attempt_at = SYSDATE(3)
     WHERE grp = ? AND home_generation = ? AND home_lane = ? AND subject = ? AND next_attempt_at IS NOT NULL`,
    [group, generation, lane, subject],
  );
  const letters = await findLetters(transaction, erased);
  for (let first = 0; first < letters.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `UPDATE log_dead_letters
       SET state = IF(state = 'applied', 'applied', 'discarded'), settled_at = COALESCE(settled_at, SYSDATE(3)),
         subject = '', event_id = '', event = '{}', cause = 'its device was erased'
       WHERE grp = ? AND (generation, lane, seq) IN (?)`,
      [group, letters.slice(first, first + ROWS_A_STATEMENT).map(({ key }) => key)],
    );
  }
  const waited = letters.filter(({ isSettled }) => !isSettled).length;
  if (waited === 0) return;
  await transaction.query(
    `UPDATE log_offsets SET dead_letters = IF(dead_letters > ?, dead_letters - ?, 0), discarded = discarded + ?
     WHERE grp = ? AND generation = ? AND lane = ?`,
    [waited, waited, waited, group, generation, lane],
  );
}

interface Letter {
  key: [generation: number, lane: number, sequence: number];
  isSettled: boolean;
}

async function findLetters(
  transaction: Connection,
  { group, subject, erasedAt, covers }: ErasedSetAside,
): Promise<Letter[]> {
  const [rows] = await transaction.query<RowDataPacket[]>(
    `SELECT generation, lane, seq, state, JSON_VALUE(event, '$.oui') AS oui,
       JSON_VALUE(event, '$.productclass') AS product_class
     FROM log_dead_letters FORCE INDEX (by_subject)
     WHERE grp = ? AND subject = ? AND received_at <= FROM_UNIXTIME(?)
     FOR UPDATE`,
    [group, subject, erasedAt / 1000],
  );
  return rows
    .filter((row) => {
      const [oui, productClass] = [row['oui'], row['product_class']] as (string | null)[];
      return covers({ oui: oui ?? '', productClass: productClass ?? '' });
    })
    .map((row) => ({
      key: [row['generation'] as number, row['lane'] as number, Number(row['seq'])],
      isSettled: row['state'] === 'applied' || row['state'] === 'discarded',
    }));
}
