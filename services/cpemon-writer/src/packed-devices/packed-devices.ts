import { randomInt } from 'node:crypto';
import type { CachedDevice } from '../cached-device.js';
import { readUint32, writeUint32, type ByteRun } from './byte-run.js';
import { readText, skipText, textIs, writeText } from './byte-text.js';
import { createCellArena } from './cell-arena.js';
import { HEAD_BYTES, readHead, rewriteBucket, writeHead, type CellHead } from './cell-head.js';
import { packDevice, unpackDevice } from './packed-device.js';
import { createVocabulary } from './packed-report.js';
import { deviceIdHash, serialHash } from './slot-hash.js';
import { createSlotIndex } from './slot-index.js';
import { createSlots } from './slots.js';

/**
 * Devices as bytes outside the heap of JavaScript, where no garbage collector walks over them: a million objects are
 * marked in seconds, a million cells not at all.
 *
 *   serial number ─ hash ─┐
 *                         ├→ slot → address → cell (cell-arena.ts)
 *   device_id ───── hash ─┘
 *
 * A slot stands for a serial number; its cell holds the devices that have it, nearly always one:
 *
 *   slot u32 · devices u32 · each: device_id u32, wheel second u32, quietUntil f64 · serial number
 *   · each: the rest (packed-device.ts)
 *
 * What the timing wheel asks for stands at the front, to be read and changed without unpacking. Numbers are written in
 * as few bytes as keep them exact, times as distances from each other, names and words that devices share as numbers
 * of a vocabulary. A cell of 32·n bytes is written over in place as long as the devices fit.
 */
export interface PackedDevices {
  /** -1 when it is not there. */
  slotOfSerial(serialNumber: string): number;
  slotOfDevice(deviceId: number): number;
  serialNumber(slot: number): string;
  /** A slot for devices that have none, which all have their key. */
  add(serialNumber: string, devices: readonly CachedDevice[], user: number): number;
  /** Writes the devices of a slot as they are now; there may be more of them. */
  pack(slot: number, serialNumber: string, devices: readonly CachedDevice[]): void;
  /** Fresh objects. @param serialNumber theirs, where it is at hand */
  unpack(slot: number, serialNumber?: string): CachedDevice[];
  /** A number that says who works with a slot; -1: nobody. A slot that somebody works with is not evicted. */
  user(slot: number): number;
  setUser(slot: number, user: number): void;
  /** What the timing wheel wants to know of one device of a slot. */
  silence(slot: number, deviceId: number): CellHead;
  setWheelBucket(slot: number, deviceId: number, bucket: number): void;
  /** Lets go a slot, with the devices in it. */
  remove(slot: number): void;
  /** Lets go what was not used for longest, more or less, until there are no more slots and bytes than that. */
  evict(mostSlots: number, mostBytes: number): void;
  size(): number;
  /** Bytes of the cells and of what finds them. */
  bytes(): number;
}

const SMALLEST_SCRATCH = 4096;
/** A cell that has more to spare is changed for a smaller one; less, so that small changes of size move nothing. */
const WASTED_BYTES = 96;

/** @param seed of the hash of serial numbers */
export function createPackedDevices(seed: number = randomInt(2 ** 32)): PackedDevices {
  const slots = createSlots();
  const bySerial = createSlotIndex();
  const byDevice = createSlotIndex();
  const vocabulary = createVocabulary();
  const arena = createCellArena((slot, address) => slots.setAddress(slot, address));
  const scratch: ByteRun = { bytes: Buffer.alloc(SMALLEST_SCRATCH), at: 0 };
  const run: ByteRun = { bytes: scratch.bytes, at: 0 };

  /** Puts `run` at the head of the first device. Their number. */
  const openCell = (slot: number): number => {
    arena.open(run, slots.address(slot));
    return readUint32(run);
  };
  const openSerial = (slot: number): void => {
    const devices = openCell(slot);
    run.at += devices * HEAD_BYTES;
  };
  /** Puts `run` at the head of a device. */
  const openDevice = (slot: number, deviceId: number): void => {
    for (let left = openCell(slot); left > 0; left -= 1) {
      const { at } = run;
      const isOurs = readUint32(run) === deviceId;
      run.at = isOurs ? at : at + HEAD_BYTES;
      if (isOurs) return;
    }
    throw new Error(`device ${deviceId} is not in slot ${slot}`);
  };

  const write = (serialNumber: string, devices: readonly CachedDevice[]): void => {
    scratch.at = 0;
    writeUint32(scratch, devices.length);
    for (const { record, wheelBucket } of devices) {
      writeHead(scratch, { deviceId: record.deviceId, wheelBucket, quietUntil: record.quietUntil });
    }
    writeText(scratch, serialNumber);
    for (const device of devices) packDevice(scratch, vocabulary, device);
    if (scratch.at <= scratch.bytes.length) return;
    scratch.bytes = Buffer.alloc(scratch.at * 2);
    write(serialNumber, devices);
  };

  const copyToCell = (slot: number): void => {
    arena.open(run, slots.address(slot));
    scratch.bytes.copy(run.bytes, run.at, 0, scratch.at);
  };

  const slotOfSerial = (serialNumber: string): number => {
    const hash = serialHash(serialNumber, seed);
    for (let place = bySerial.find(hash); place >= 0; place = bySerial.find(hash, place)) {
      const slot = bySerial.slotAt(place);
      openSerial(slot);
      if (textIs(run, serialNumber)) return slot;
    }
    return -1;
  };
  const slotOfDevice = (deviceId: number): number => {
    // No two keys have the same hash.
    const place = byDevice.find(deviceIdHash(deviceId));
    return place < 0 ? -1 : byDevice.slotAt(place);
  };
  const serialNumberOf = (slot: number): string => {
    openSerial(slot);
    return readText(run);
  };
  const indexDevices = (slot: number, devices: readonly CachedDevice[]): void => {
    for (const { record } of devices) {
      const hash = deviceIdHash(record.deviceId);
      if (byDevice.find(hash) < 0) byDevice.add(hash, slot);
    }
  };
  const remove = (slot: number): void => {
    bySerial.remove(serialHash(serialNumberOf(slot), seed), slot);
    for (let left = openCell(slot); left > 0; left -= 1) {
      const { at } = run;
      byDevice.remove(deviceIdHash(readUint32(run)), slot);
      run.at = at + HEAD_BYTES;
    }
    arena.free(slots.address(slot));
    slots.remove(slot);
  };
  const tableBytes = (): number => slots.bytes() + bySerial.bytes() + byDevice.bytes();

  return {
    slotOfSerial,
    slotOfDevice,
    serialNumber: serialNumberOf,
    add(serialNumber, devices, user) {
      write(serialNumber, devices);
      const slot = slots.add(user);
      slots.setAddress(slot, arena.allocate(scratch.at, slot));
      copyToCell(slot);
      bySerial.add(serialHash(serialNumber, seed), slot);
      indexDevices(slot, devices);
      return slot;
    },
    pack(slot, serialNumber, devices) {
      if (openCell(slot) !== devices.length) indexDevices(slot, devices);
      write(serialNumber, devices);
      const room = arena.room(slots.address(slot));
      if (scratch.at > room || scratch.at < room - WASTED_BYTES) {
        arena.free(slots.address(slot));
        slots.setAddress(slot, arena.allocate(scratch.at, slot));
      }
      copyToCell(slot);
    },
    unpack(slot, known) {
      const heads: CellHead[] = [];
      for (let left = openCell(slot); left > 0; left -= 1) heads.push(readHead(run));
      if (known !== undefined) skipText(run);
      const serialNumber = known ?? readText(run);
      return heads.map((head) => unpackDevice(run, vocabulary, serialNumber, head));
    },
    user: (slot) => slots.user(slot),
    setUser: (slot, user) => slots.setUser(slot, user),
    silence(slot, deviceId) {
      openDevice(slot, deviceId);
      return readHead(run);
    },
    setWheelBucket(slot, deviceId, bucket) {
      openDevice(slot, deviceId);
      rewriteBucket(run, bucket);
    },
    remove,
    evict(mostSlots, mostBytes) {
      while (slots.size() > mostSlots || (slots.size() > 0 && arena.usedBytes() + tableBytes() > mostBytes)) {
        const slot = slots.leastUsed();
        if (slot < 0) return;
        remove(slot);
      }
    },
    size: () => slots.size(),
    bytes: () => arena.bytes() + tableBytes(),
  };
}
