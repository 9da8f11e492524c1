import type { RowDataPacket } from 'mysql2';
import { createSampleChunk, packSamples, readSampleChunk, type Sample } from '@cpemon/history';
import type { HistoryLayout } from './history-layout.js';

const TABLE = 'bench_history_rows';
const ROWS_A_STATEMENT = 1000;
/** Devices of one step of packing: as many as stand beside each other in each minute. */
const DEVICES_A_STEP = 200;

/**
 * A row a sample, by minute and device, so that what comes at one time lies together; packed by going through the
 * minutes for some devices at a time. The metrics are one column, as they are in the other layout.
 */
export const rowPerSample: HistoryLayout = {
  name: 'row-per-sample',
  tables: [TABLE],
  async prepare(connection) {
    await connection.query(`DROP TABLE IF EXISTS ${TABLE}`);
    await connection.query(
      `CREATE TABLE ${TABLE} (
         minute INT UNSIGNED NOT NULL, device_id INT UNSIGNED NOT NULL, source VARCHAR(32) NOT NULL,
         at BIGINT UNSIGNED NOT NULL, payload VARBINARY(2048) NOT NULL,
         PRIMARY KEY (minute, device_id, source, at)) ENGINE = InnoDB`,
    );
  },
  async insert(transaction, samples) {
    const sorted = [...samples].sort((a, b) => a.deviceId - b.deviceId);
    for (let first = 0; first < sorted.length; first += ROWS_A_STATEMENT) {
      const rows = sorted.slice(first, first + ROWS_A_STATEMENT).map(({ deviceId, sample }) => {
        const chunk = createSampleChunk();
        chunk.add(sample.at, sample.source, sample.profile, sample.metrics);
        const minute = Math.floor(sample.at / 60_000);
        return `(${minute},${deviceId},'${sample.source}',${sample.at},X'${chunk.bytes().toString('hex')}')`;
      });
      await transaction.query(
        `INSERT INTO ${TABLE} (minute, device_id, source, at, payload) VALUES ${rows.join(',')}
         ON DUPLICATE KEY UPDATE payload = VALUES(payload)`,
        null,
      );
    }
  },
  async pack(connection, devices) {
    const [minutes] = await connection.query<RowDataPacket[]>(`SELECT DISTINCT minute FROM ${TABLE}`);
    const all = minutes.map((row) => Number(row['minute']));
    for (let first = 1; first <= devices; first += DEVICES_A_STEP) {
      const range = [all, first, first + DEVICES_A_STEP - 1];
      await connection.query('START TRANSACTION');
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT device_id, payload FROM ${TABLE} WHERE minute IN (?) AND device_id BETWEEN ? AND ? FOR UPDATE`,
        range,
      );
      const found = new Map<number, Sample[]>();
      for (const row of rows) {
        const own = found.get(Number(row['device_id'])) ?? [];
        own.push(...readSampleChunk(row['payload'] as Buffer));
        found.set(Number(row['device_id']), own);
      }
      const packed = [...found].map(([deviceId, samples]) => [deviceId, 1, packSamples(samples)]);
      await connection.query('INSERT INTO history_samples (device_id, slice, payload) VALUES ?', [packed]);
      await connection.query(`DELETE FROM ${TABLE} WHERE minute IN (?) AND device_id BETWEEN ? AND ?`, range);
      await connection.query('COMMIT');
    }
  },
  async readDevice(connection, deviceId, _lane, minutes) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT payload FROM ${TABLE} WHERE minute IN (?) AND device_id = ?`,
      [minutes, deviceId],
    );
    return rows.flatMap((row) => readSampleChunk(row['payload'] as Buffer)).length;
  },
};
