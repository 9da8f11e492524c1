import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.js';
import type { DumpContents } from './dump-reader.js';

export const DUMP_FILE = 'dump.sql.gz';
export const MANIFEST_FILE = 'manifest.json';
const FORMAT = 1;

/** How far a lane of the event log was when the backup was taken. */
export interface LanePosition {
  generation: number;
  lane: number;
  /** Of the last event that was accepted. */
  head: number;
  /** Of the last one that was applied to the devices. */
  applied: number;
}

/** `manifest.json` beside a dump: written last, so that a folder without one is no backup. */
export interface BackupManifest {
  format: typeof FORMAT;
  /** When it was begun, by this machine's clock: what was confirmed before is in it. */
  begun_at: string;
  ended_at: string;
  server: string;
  tool: string;
  /** Number of the last migration. */
  schema_version: number;
  dump: { file: string; bytes: number; sha256: string };
  /** Rows of each table that has any. */
  rows: Record<string, number>;
  log: {
    generation: number;
    lanes: number;
    /** When its last event was received, by the database's clock. */
    last_received_at: string | null;
    positions: LanePosition[];
  };
}

/** Tables whose rows a manifest is made of. */
export const MANIFEST_TABLES = ['log_generations', 'log_lanes', 'log_offsets', 'schema_migrations'] as const;
/** The consumer group whose effect the device tables are. */
const STATE_GROUP = 'state';

/** Without them no event could be taken after a restore. */
const NEEDED_PROCEDURES: readonly string[] = ['append_flush', 'open_generation'];

/** @throws Error when these are not the contents of a whole CPEmon database */
export function manifestOf(
  { rows, kept, procedures, complete }: DumpContents,
  facts: Pick<BackupManifest, 'begun_at' | 'ended_at' | 'server' | 'tool' | 'dump'>,
): BackupManifest {
  if (!complete) throw new Error('The dump has no end: the program that wrote it was interrupted.');
  const [generations, lanes] = [kept['log_generations'] ?? [], kept['log_lanes'] ?? []];
  const offsets = (kept['log_offsets'] ?? []).filter(({ grp }) => grp === STATE_GROUP);
  const newest = Math.max(0, ...generations.map(({ generation }) => Number(generation)));
  if (newest === 0) throw new Error('The dump holds no event log: that is no database of CPEmon.');
  const missing = NEEDED_PROCEDURES.filter((name) => !procedures.includes(name));
  if (missing.length > 0)
    throw new Error(`The dump lacks ${missing.join(', ')}: its user may not read stored procedures.`);
  const current = lanes.filter(({ generation }) => Number(generation) === newest);
  const times = current.flatMap(({ last_received_at: at }) => (typeof at === 'string' ? [at] : []));
  return {
    format: FORMAT,
    ...facts,
    schema_version: Math.max(0, ...(kept['schema_migrations'] ?? []).map((row) => Number(row['number']))),
    rows,
    log: {
      generation: newest,
      lanes: current.length,
      last_received_at: times.sort().at(-1) ?? null,
      positions: lanes
        .map(({ generation, lane, head_seq: head, base_seq: base }) => {
          const offset = offsets.find((one) => one['generation'] === generation && one['lane'] === lane);
          return {
            ...{ generation: Number(generation), lane: Number(lane), head: Number(head) },
            applied: Number(offset?.['applied_seq'] ?? base),
          };
        })
        .sort((a, b) => a.generation - b.generation || a.lane - b.lane),
    },
  };
}

export function writeManifest(folder: string, manifest: BackupManifest): void {
  writeFileAtomically(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @throws Error with a sentence when the folder holds no backup, or one that this release cannot read */
export function readManifest(folder: string): BackupManifest {
  const manifest = parseManifest(folder);
  if (manifest.format !== FORMAT)
    throw new Error(
      `The backup in ${folder} has format ${String(manifest.format)}; this release reads ${FORMAT}`,
    );
  return manifest as BackupManifest;
}

function parseManifest(folder: string): { format?: unknown } {
  try {
    return JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')) as { format?: unknown };
  } catch (error) {
    throw new Error(`${folder} holds no finished backup: its ${MANIFEST_FILE} cannot be read`, {
      cause: error,
    });
  }
}

/** Events that the log has and the devices have not got yet. */
export const waitingIn = ({ log }: BackupManifest): number =>
  log.positions.reduce((sum, { head, applied }) => sum + Math.max(0, head - applied), 0);
