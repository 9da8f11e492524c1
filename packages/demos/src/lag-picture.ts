import { compact } from './lag-chart.js';
import type { Reading } from './reading.js';

/** A span of time with a name, seconds since the beginning. */
export interface Phase {
  name: string;
  fromSeconds: number;
  toSeconds: number;
}

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 64;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 36;

/** The lag over time as an SVG picture that stands by itself, with the phases of the story behind it. */
export function lagPicture(title: string, readings: readonly Reading[], phases: readonly Phase[]): string {
  const seconds = Math.max(1, readings.at(-1)?.atSeconds ?? 1);
  const largest = Math.max(1, ...readings.map(({ lagEvents }) => lagEvents));
  const x = (at: number): string => (LEFT + (at / seconds) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (lag: number): string => (HEIGHT - BOTTOM - (lag / largest) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const line = readings.map(({ atSeconds, lagEvents }) => `${x(atSeconds)},${y(lagEvents)}`).join(' ');
  const floor = y(0);
  const bands = phases.map(({ name, fromSeconds, toSeconds }, index) => {
    const width = Number(x(toSeconds)) - Number(x(fromSeconds));
    const fill = index % 2 === 1 ? '#f6e3c5' : '#eef1f4';
    return `<rect x="${x(fromSeconds)}" y="${TOP}" width="${width.toFixed(1)}" height="${HEIGHT - TOP - BOTTOM}" fill="${fill}"/>
  <text x="${x(fromSeconds)}" y="${TOP - 6}" font-size="11" fill="#555">${escapeText(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif">
  <rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
  <text x="${LEFT}" y="18" font-size="14" fill="#222">${escapeText(title)}</text>
  ${bands.join('\n  ')}
  <polygon points="${x(0)},${floor} ${line} ${x(seconds)},${floor}" fill="#2b6cb0" fill-opacity="0.25"/>
  <polyline points="${line}" fill="none" stroke="#2b6cb0" stroke-width="2"/>
  <text x="${LEFT - 6}" y="${TOP + 10}" font-size="11" text-anchor="end" fill="#555">${compact(largest)}</text>
  <text x="${LEFT - 6}" y="${floor}" font-size="11" text-anchor="end" fill="#555">0</text>
  <text x="${WIDTH - RIGHT}" y="${HEIGHT - 12}" font-size="11" text-anchor="end" fill="#555">${Math.round(seconds)} s</text>
  <text x="${LEFT}" y="${HEIGHT - 12}" font-size="11" fill="#555">events that wait, over time</text>
</svg>
`;
}

const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
