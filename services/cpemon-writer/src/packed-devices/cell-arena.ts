import { readUint32, writeUint32, type ByteRun } from './byte-run.js';

/**
 * Cells of bytes in chunks. A chunk has cells of one size; a cell's first four bytes say whose it is. An address is
 * the chunk's number and the cell's in it.
 */
export interface CellArena {
  /** A cell of at least `length` bytes. Others may move: see `onMove`. Its address. */
  allocate(length: number, owner: number): number;
  free(address: number): void;
  /** Puts `run` at the cell's first byte after the owner's number. */
  open(run: ByteRun, address: number): void;
  /** Bytes that the cell can hold after the owner's number. */
  room(address: number): number;
  /** Bytes of all chunks. */
  bytes(): number;
  /** Bytes of the cells in use. */
  usedBytes(): number;
}

interface Chunk {
  bytes: Buffer;
  cellBytes: number;
  cells: number;
  used: number;
  /** Cells from here on have never been used. */
  fresh: number;
  /** The first of a chain of free cells; -1 when there is none. */
  free: number;
  /** Stands among the open chunks of its size. */
  listed: boolean;
}

interface SizeClass {
  /** Numbers of chunks with free cells; some of them may be full or gone by now. */
  open: number[];
  freeCells: number;
}

const CHUNK_BYTES = 64 * 1024;
const OWNER_BYTES = 4;
const STEP = 32;
/** Bits of an address that say which cell of its chunk. */
const CELL_BITS = 11;
const CELLS_A_CHUNK = 2 ** CELL_BITS;
/** The owner of a free cell, behind which the number of the next one stands. */
const NOBODY = 0xffffffff;
/** Below this share of bytes in use, a chunk that is half empty is given up before a new one is made. */
const DENSE_ENOUGH = 0.8;

/** @param onMove gets the owner and the new address of a cell that was moved to empty its chunk */
export function createCellArena(onMove: (owner: number, address: number) => void): CellArena {
  const chunks: (Chunk | undefined)[] = [];
  const vacant: number[] = [];
  const classes = new Map<number, SizeClass>();
  const head: ByteRun = { bytes: Buffer.alloc(0), at: 0 };
  let chunkBytes = 0;
  let usedBytes = 0;

  const chunkOf = (address: number): Chunk => chunks[address >>> CELL_BITS]!;
  const goTo = (run: ByteRun, chunk: Chunk, cell: number): void => {
    run.bytes = chunk.bytes;
    run.at = cell * chunk.cellBytes;
  };
  const classOf = (cellBytes: number): SizeClass => {
    const known = classes.get(cellBytes);
    if (known !== undefined) return known;
    const added: SizeClass = { open: [], freeCells: 0 };
    classes.set(cellBytes, added);
    return added;
  };

  const addChunk = (cellBytes: number, sizeClass: SizeClass): number => {
    const bytes = Buffer.allocUnsafeSlow(cellBytes > CHUNK_BYTES / 4 ? cellBytes : CHUNK_BYTES);
    const cells = Math.floor(bytes.length / cellBytes);
    const number = vacant.pop() ?? chunks.length;
    chunks[number] = { bytes, cellBytes, cells, used: 0, fresh: 0, free: -1, listed: true };
    sizeClass.open.push(number);
    sizeClass.freeCells += cells;
    chunkBytes += bytes.length;
    return number;
  };
  const dropChunk = (number: number, chunk: Chunk): void => {
    chunks[number] = undefined;
    vacant.push(number);
    classOf(chunk.cellBytes).freeCells -= chunk.cells - chunk.used;
    chunkBytes -= chunk.bytes.length;
  };

  const openChunk = (cellBytes: number, sizeClass: SizeClass): number => {
    const { open } = sizeClass;
    while (open.length > 0) {
      const number = open[open.length - 1]!;
      const chunk = chunks[number];
      if (chunk?.cellBytes === cellBytes) {
        if (chunk.used < chunk.cells) return number;
        chunk.listed = false;
      }
      open.pop();
    }
    return addChunk(cellBytes, sizeClass);
  };
  const take = (cellBytes: number, owner: number): number => {
    const sizeClass = classOf(cellBytes);
    const number = openChunk(cellBytes, sizeClass);
    const chunk = chunks[number]!;
    let cell = chunk.free;
    if (cell < 0) {
      cell = chunk.fresh;
      chunk.fresh += 1;
    } else {
      goTo(head, chunk, cell);
      head.at += OWNER_BYTES;
      chunk.free = readUint32(head) - 1;
    }
    chunk.used += 1;
    sizeClass.freeCells -= 1;
    usedBytes += cellBytes;
    goTo(head, chunk, cell);
    writeUint32(head, owner);
    return number * CELLS_A_CHUNK + cell;
  };

  /** Moves the cells of the emptiest chunk to others of their size, so that its bytes can serve another size. */
  const thinOut = (): void => {
    let emptiest = -1;
    let leastUsed = 0.5;
    for (const [number, chunk] of chunks.entries()) {
      if (chunk === undefined || chunk.used / chunk.cells >= leastUsed) continue;
      if (classOf(chunk.cellBytes).freeCells < chunk.cells) continue;
      emptiest = number;
      leastUsed = chunk.used / chunk.cells;
    }
    const chunk = chunks[emptiest];
    if (chunk === undefined) return;
    dropChunk(emptiest, chunk);
    for (let cell = 0; cell < chunk.fresh; cell += 1) {
      goTo(head, chunk, cell);
      const from = head.at;
      const owner = readUint32(head);
      if (owner === NOBODY) continue;
      usedBytes -= chunk.cellBytes;
      const address = take(chunk.cellBytes, owner);
      goTo(head, chunkOf(address), address & (CELLS_A_CHUNK - 1));
      chunk.bytes.copy(head.bytes, head.at, from, from + chunk.cellBytes);
      onMove(owner, address);
    }
  };

  return {
    allocate(length, owner) {
      const cellBytes = cellBytesFor(length + OWNER_BYTES);
      if (classOf(cellBytes).freeCells === 0 && usedBytes < chunkBytes * DENSE_ENOUGH) thinOut();
      return take(cellBytes, owner);
    },
    free(address) {
      const number = address >>> CELL_BITS;
      const chunk = chunks[number]!;
      const sizeClass = classOf(chunk.cellBytes);
      const cell = address & (CELLS_A_CHUNK - 1);
      goTo(head, chunk, cell);
      writeUint32(head, NOBODY);
      writeUint32(head, chunk.free + 1);
      if (!chunk.listed) sizeClass.open.push(number);
      chunk.listed = true;
      chunk.free = cell;
      chunk.used -= 1;
      sizeClass.freeCells += 1;
      usedBytes -= chunk.cellBytes;
      // The last chunk of a size stays, lest one be made and dropped again and again.
      if (chunk.used === 0 && sizeClass.freeCells > chunk.cells) dropChunk(number, chunk);
    },
    open(run, address) {
      goTo(run, chunkOf(address), address & (CELLS_A_CHUNK - 1));
      run.at += OWNER_BYTES;
    },
    room: (address) => chunkOf(address).cellBytes - OWNER_BYTES,
    bytes: () => chunkBytes,
    usedBytes: () => usedBytes,
  };
}

/** Steps of 32 bytes up to 1 KiB, then eight to each doubling. */
export function cellBytesFor(length: number): number {
  const step = length <= 1024 ? STEP : 2 ** (Math.ceil(Math.log2(length)) - 4);
  return Math.ceil(length / step) * step;
}
