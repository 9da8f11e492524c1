import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { OperatorError } from '../../operator-error.js';
import { getCurrentGeneration } from './generation.js';

/** Who changes the shape of the log, and why. */
export interface GenerationRequest {
  /** One line, at most 255 characters. */
  reason: string;
  /** Who asks, for the audit; at most 128 characters. */
  actor: string;
}

export interface OpenedGeneration {
  generation: number;
  lanes: number;
  /** The generation that takes no more events, and is applied to its end before the new one. */
  sealed: number;
}

/** More lanes than anybody has writers for; a flush has room for twice as many in its index. */
export const MOST_LANES = 1024;
/** The procedure's error when two callers do this at once. */
const OPENED_MEANWHILE = 30004;

/**
 * Seals the log's generation and opens the next with so many lanes, under load if need be: what is appended meanwhile
 * goes to the one or the other, whole and in order. Writes an audit row in the same transaction.
 * @param connection of a user that may write `log_generations`, `log_lanes` and `operator_audit`; not in a transaction
 * @param request `lanes`: 1 to 1024
 * @throws OperatorError invalid_lanes, invalid_reason, same_lanes, already_running
 */
export async function openGeneration(
  connection: Connection,
  request: GenerationRequest & { lanes: number },
): Promise<OpenedGeneration> {
  const { lanes } = request;
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES) {
    throw new OperatorError(400, 'invalid_lanes', `A generation has 1 to ${MOST_LANES} lanes.`);
  }
  const current = await getCurrentGeneration(connection);
  if (current.lanes === lanes) {
    throw new OperatorError(409, 'same_lanes', `The log has ${lanes} lanes already.`);
  }
  return callOpen(connection, lanes, request, 'log.generation');
}

/**
 * Opens a generation with as many lanes as the log has, which every restore of a backup needs before events are taken
 * again: positions that were given out after the backup are in generations with lower numbers, so none comes twice.
 * The numbers are the database's time, so its clock must be right.
 * @param connection as for `openGeneration`
 * @throws OperatorError invalid_reason, already_running
 */
export async function openGenerationAfterRestore(
  connection: Connection,
  request: GenerationRequest,
): Promise<OpenedGeneration> {
  const { lanes } = await getCurrentGeneration(connection);
  return callOpen(connection, lanes, request, 'log.restored');
}

async function callOpen(
  connection: Connection,
  lanes: number,
  { reason, actor }: GenerationRequest,
  action: string,
): Promise<OpenedGeneration> {
  if (reason.trim() === '' || reason.length > 255) {
    throw new OperatorError(400, 'invalid_reason', 'A reason of 1 to 255 characters is needed.');
  }
  try {
    const [results] = await connection.query<RowDataPacket[][]>('CALL open_generation(?, ?, ?, ?)', [
      ...[lanes, reason.trim(), actor.slice(0, 128), action],
    ]);
    const [row] = results[0] as RowDataPacket[];
    return { generation: row?.['generation'] as number, lanes, sealed: row?.['sealed_generation'] as number };
  } catch (error) {
    if ((error as { errno?: number }).errno !== OPENED_MEANWHILE) throw error;
    throw new OperatorError(409, 'already_running', 'Another generation was opened at this moment.');
  }
}
