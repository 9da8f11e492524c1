import { colour } from '../../frame/theme.js';
import type { Status } from '../../words/statuses.js';
import { fillOf, type HeatCell } from './heat-cell.js';
import type { HeatLayout } from './heat-layout.js';

export interface HeatColours {
  fill: Record<Status, string>;
  ground: string;
  /** Of what stands between groups. */
  border: string;
}

/** The colours of the style sheet as they are at the moment. */
export const heatColours = (): HeatColours => ({
  fill: {
    online: colour('--cell-online'),
    degraded: colour('--cell-degraded'),
    stale: colour('--cell-stale'),
    offline: colour('--cell-offline'),
    unknown: colour('--cell-unknown'),
  },
  ground: colour('--surface'),
  border: colour('--line-strong'),
});

/** From this size on a shape fits into a cell. */
const SHAPE_PITCH = 8;

/** Of a cell without the space around it. */
const sizeIn = ({ pitch }: HeatLayout): number => pitch - (pitch > 10 ? 2 : 1);

/** Draws a line before the first cell of each group, where it is not the first of its row. */
export function drawStarts(
  context: CanvasRenderingContext2D,
  layout: HeatLayout,
  starts: readonly number[],
  { border }: HeatColours,
): void {
  const size = sizeIn(layout);
  const space = layout.pitch - size;
  context.fillStyle = border;
  for (const start of starts) {
    const { x, y } = layout.cornerOf(start);
    if (x > 0) context.fillRect(x - space, y, space, size);
  }
}

/** Draws some cells anew, each over what was there. */
export function drawHeatCells(
  context: CanvasRenderingContext2D,
  layout: HeatLayout,
  cells: readonly HeatCell[],
  indexes: Iterable<number>,
  { fill, ground }: HeatColours,
): void {
  const size = sizeIn(layout);
  for (const index of indexes) {
    const cell = cells[index];
    if (cell === undefined) continue;
    const { x, y } = layout.cornerOf(index);
    let bottom = y + size;
    const parts = fillOf(cell);
    for (const { status, share } of parts) {
      const height = parts.length === 1 ? size : Math.max(1, size * share);
      context.fillStyle = fill[status];
      context.fillRect(x, Math.max(y, bottom - height), size, Math.min(height, bottom - y));
      bottom -= height;
    }
    const [part] = parts;
    if (cell.kind === 'device' && part !== undefined && layout.pitch >= SHAPE_PITCH)
      drawShape(context, part.status, { x, y, size, ink: ground });
  }
}

/** The shape of a status inside its cell: colours need not be told apart. */
function drawShape(
  context: CanvasRenderingContext2D,
  status: Status,
  { x, y, size, ink }: { x: number; y: number; size: number; ink: string },
): void {
  if (status === 'online') return;
  const from = size * 0.25;
  const to = size * 0.75;
  context.beginPath();
  context.lineWidth = Math.max(1, size / 9);
  context.strokeStyle = ink;
  context.fillStyle = ink;
  if (status === 'offline') {
    context.moveTo(x + from, y + from);
    context.lineTo(x + to, y + to);
    context.moveTo(x + to, y + from);
    context.lineTo(x + from, y + to);
    context.stroke();
  } else if (status === 'degraded') {
    context.moveTo(x + size / 2, y + from);
    context.lineTo(x + to, y + to);
    context.lineTo(x + from, y + to);
    context.fill();
  } else if (status === 'stale') {
    context.fillRect(x + size / 2, y + from, size / 4, size / 2);
  } else {
    context.arc(x + size / 2, y + size / 2, size / 5, 0, 2 * Math.PI);
    context.stroke();
  }
}
