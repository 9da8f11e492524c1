import type uPlot from 'uplot';
import { faded, type ChartColours } from './chart-colours.js';
import type { ChartView, Level } from './chart-view.js';
import type { StatusBand } from './status-bands.js';

/** Something that happened, marked on the time axis by a letter. */
export interface ChartMark {
  /** Epoch ms. */
  at: number;
  letter: string;
}

/** All that one chart shows. */
export interface ChartPicture {
  view: ChartView;
  /** Epoch ms. */
  span: { from: number; to: number };
  /** When something was wrong. */
  bands: readonly StatusBand[];
  marks: readonly ChartMark[];
  atLeast: readonly [low: number, high: number] | undefined;
}

/** When something was wrong: a wash and a strip at the foot; hatched while nobody heard the device. */
export function drawBands(plot: uPlot, { bands }: ChartPicture, { ofState }: ChartColours): void {
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  for (const { from, until, state } of bands) {
    const left = Math.max(bbox.left, plot.valToPos(from / 1000, 'x', true));
    const width = Math.min(right, plot.valToPos(until / 1000, 'x', true)) - left;
    const shade = ofState[state ?? ''];
    if (shade === undefined || width <= 0) continue;
    ctx.save();
    ctx.fillStyle = faded(shade, 0.1);
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.fillStyle = shade;
    ctx.fillRect(left, bbox.top + bbox.height - STRIP, width, STRIP);
    if (state === 'offline' || state === 'unknown') {
      ctx.beginPath();
      ctx.rect(left, bbox.top, width, bbox.height);
      ctx.clip();
      ctx.strokeStyle = faded(shade, 0.35);
      ctx.beginPath();
      for (let x = left - bbox.height; x < left + width; x += HATCH) {
        ctx.moveTo(x, bbox.top + bbox.height);
        ctx.lineTo(x + bbox.height, bbox.top);
      }
      ctx.stroke();
    }
    ctx.restore();
  }
}

const STRIP = 4;
const HATCH = 12;

export function drawLevels(plot: uPlot, levels: readonly Level[], { ofState, soft }: ChartColours): void {
  const { ctx, bbox, scales } = plot;
  const { min = -Infinity, max = Infinity } = scales['y'] ?? {};
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${10 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  for (const { value, kind, text } of levels) {
    if (value < (min ?? -Infinity) || value > (max ?? Infinity)) continue;
    const y = Math.round(plot.valToPos(value, 'y', true));
    ctx.strokeStyle = ofState[kind] ?? soft;
    ctx.lineWidth = (kind === 'critical' ? 1.5 : 1) * ratio;
    ctx.setLineDash(kind === 'usual' ? [1 * ratio, 3 * ratio] : [8 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillStyle = ofState[kind] ?? soft;
    const isAtTop = y - bbox.top < 14 * ratio;
    ctx.textBaseline = isAtTop ? 'top' : 'bottom';
    ctx.fillText(text, bbox.left + bbox.width - 3 * ratio, y + (isAtTop ? 3 : -2) * ratio);
  }
  ctx.restore();
}

export function drawMarks(plot: uPlot, marks: readonly ChartMark[], { ink }: ChartColours): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${10 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.strokeStyle = faded(ink, 0.4);
  ctx.fillStyle = ink;
  ctx.setLineDash([2 * ratio, 2 * ratio]);
  for (const { at, letter } of marks) {
    const x = Math.round(plot.valToPos(at / 1000, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(letter, x, bbox.top);
  }
  ctx.restore();
}
