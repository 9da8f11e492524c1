/** Where the cells of a heat grid are: in rows, each cell where it was as long as there are as many. */
export interface HeatLayout {
  /** Of a cell with the space around it, in CSS pixels. */
  pitch: number;
  columns: number;
  /** CSS pixels. */
  height: number;
  /** Left upper corner of a cell, CSS pixels. */
  cornerOf(index: number): { x: number; y: number };
  /** The cell at a point; null beyond the end. */
  cellAt(x: number, y: number): number | null;
  /** The cell that an arrow key leads to; the same one at an edge. */
  neighbour(index: number, direction: 'left' | 'right' | 'up' | 'down'): number;
}

/** Smaller cells nobody can point at; larger ones say no more. */
const SMALLEST_PITCH = 6;
const LARGEST_PITCH = 26;

/**
 * @param count of cells
 * @param width CSS pixels
 * @param heightWanted CSS pixels; exceeded when that many cells do not fit
 */
export function layOutHeat(
  count: number,
  { width, heightWanted }: { width: number; heightWanted: number },
): HeatLayout {
  let pitch = LARGEST_PITCH;
  const columnsAt = (each: number): number => Math.max(1, Math.floor(width / each));
  while (pitch > SMALLEST_PITCH && Math.ceil(count / columnsAt(pitch)) * pitch > heightWanted) pitch -= 1;
  const columns = columnsAt(pitch);
  const inside = (index: number): number | null => (index >= 0 && index < count ? index : null);

  return {
    pitch,
    columns,
    height: Math.ceil(count / columns) * pitch,
    cornerOf: (index) => ({ x: (index % columns) * pitch, y: Math.floor(index / columns) * pitch }),
    cellAt(x, y) {
      const column = Math.floor(x / pitch);
      return column < 0 || column >= columns || y < 0
        ? null
        : inside(Math.floor(y / pitch) * columns + column);
    },
    neighbour(index, direction) {
      const step = { left: -1, right: 1, up: -columns, down: columns }[direction];
      return inside(index + step) ?? index;
    },
  };
}
