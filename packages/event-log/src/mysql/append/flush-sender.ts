import { randomBytes } from 'node:crypto';
import type { DatabaseAddress, SingleConnection } from '@cpemon/database';
import type { FlushPacket } from './flush-packet.js';
import { getCurrentGeneration, type Generation } from '../generations/generation.js';
import { createSteadyConnection } from '../connection/steady-connection.js';

export interface FlushSender {
  /** Where flushes go now. */
  generation(): Generation;
  /**
   * Puts the flush into the log. May be called again with the same events after any error that leaves its fate
   * unknown: the flush number tells whether it is there already, in whichever generation.
   * @param packet packed for the lanes of `generation()`
   * @throws GenerationChangedError when the flush is not in the log and belongs into the lanes that `generation()`
   *   tells from then on
   */
  send(packet: FlushPacket): Promise<void>;
  /** Gives up the packet in hand, which the database refused, and begins a new series of numbers. */
  renumber(): void;
  close(): Promise<void>;
}

export interface FlushSenderOptions {
  address: DatabaseAddress;
  producer: string;
  leaseMs: number;
}

/** The flush met the end of its generation. Nothing of it is in the log: pack it again for the next one. */
export class GenerationChangedError extends Error {
  override readonly name = 'GenerationChangedError';
}

/** The procedure's error for lanes that are not there, as after a restore. */
const UNKNOWN_LANE = 30001;
/** For a producer row that is gone or out of step, as after a restore. */
const UNKNOWN_PRODUCER = 30002;
const SEALED = 30003;

export async function createFlushSender(options: FlushSenderOptions): Promise<FlushSender> {
  let producer = '';
  let registered = false;
  let lastFlushNo = 0;

  const renumber = (): void => {
    producer = `${options.producer.slice(0, 50)}-${randomBytes(4).toString('hex')}`;
    registered = false;
    lastFlushNo = 0;
  };
  renumber();

  const link = createSteadyConnection({
    address: options.address,
    sessionMs: options.leaseMs,
    lockWaitMs: options.leaseMs,
  });

  const register = async (connection: SingleConnection): Promise<void> => {
    if (registered) return;
    await connection.query(
      `INSERT INTO log_producers (producer, flush_no, started_at, flushed_at)
       VALUES (?, 0, SYSDATE(3), SYSDATE(3))
       ON DUPLICATE KEY UPDATE producer = VALUES(producer)`,
      [producer],
    );
    registered = true;
  };

  let generation = await link
    .run(options.leaseMs, async (connection) => {
      await register(connection);
      return getCurrentGeneration(connection);
    })
    .catch(async (error: unknown) => {
      await link.close();
      throw error;
    });

  const call = (packet: FlushPacket): Promise<unknown> =>
    link.run(options.leaseMs, async (connection) => {
      await register(connection);
      await connection.execute('CALL append_flush(?, ?, ?, ?, ?, ?, ?)', [
        producer,
        lastFlushNo + 1,
        generation.generation,
        packet.firstLane,
        packet.lastLane,
        packet.index,
        packet.events,
      ]);
    });

  const send = async (packet: FlushPacket): Promise<void> => {
    try {
      await call(packet);
      lastFlushNo += 1;
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno === UNKNOWN_PRODUCER) {
        renumber();
        return send(packet);
      }
      if (errno !== SEALED && errno !== UNKNOWN_LANE) throw error;
      const known = generation.generation;
      generation = await link.run(options.leaseMs, getCurrentGeneration);
      if (generation.generation === known) throw error;
      throw new GenerationChangedError(`Generation ${known} of the log takes no more events`, {
        cause: error,
      });
    }
  };

  return { generation: () => generation, send, renumber, close: () => link.close() };
}
