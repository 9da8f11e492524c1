import { readDouble, readUint32, writeDouble, writeUint32, type ByteRun } from './byte-run.js';

/** What stands of each device at the front of a cell, to be read and changed without unpacking. */
export interface CellHead {
  deviceId: number;
  wheelBucket: number;
  quietUntil: number;
}

/** Bytes of one device's. */
export const HEAD_BYTES = 16;
const ID_BYTES = 4;
/** In place of the bucket: none is known. */
const NO_BUCKET = 0xffffffff;

export function writeHead(run: ByteRun, { deviceId, wheelBucket, quietUntil }: CellHead): void {
  writeUint32(run, deviceId);
  writeBucket(run, wheelBucket);
  writeDouble(run, quietUntil);
}

export function readHead(run: ByteRun): CellHead {
  const deviceId = readUint32(run);
  const bucket = readUint32(run);
  return { deviceId, wheelBucket: bucket === NO_BUCKET ? Infinity : bucket, quietUntil: readDouble(run) };
}

/** Changes the bucket of the head that begins here. */
export function rewriteBucket(run: ByteRun, wheelBucket: number): void {
  run.at += ID_BYTES;
  writeBucket(run, wheelBucket);
}

function writeBucket(run: ByteRun, wheelBucket: number): void {
  writeUint32(run, wheelBucket >= 0 && wheelBucket < NO_BUCKET ? wheelBucket : NO_BUCKET);
}
