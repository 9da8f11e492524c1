import { compact } from './lag-chart.js';
import type { Reading } from './reading.js';

/** What waits for less is on its way. */
const NOTEWORTHY_SECONDS = 1;

/** One reading as one line. */
export function progressLine(reading: Reading, phase: string): string {
  const { atSeconds, lagEvents, oldestSeconds, etaSeconds, acceptRate, drainRate } = reading;
  const seconds = `${atSeconds.toFixed(0)} s`.padStart(6);
  if (!reading.answered) return `${seconds}  ${phase.padEnd(7)} no answer from the API`;
  const rate = (value: number | null): string => `${value === null ? '–' : compact(value)}/s`.padStart(7);
  const behind = oldestSeconds >= NOTEWORTHY_SECONDS;
  const eta = !behind ? '' : etaSeconds === null ? 'growing' : `ETA ${etaSeconds.toFixed(0)} s`;
  const away = [
    ...(reading.degraded > 0 ? [`${reading.degraded} degraded`] : []),
    ...(reading.stale > 0 ? [`${reading.stale} stale`] : []),
    ...(reading.offline > 0 ? [`${reading.offline} offline`] : []),
    ...(reading.unknown > 0 ? [`${reading.unknown} unknown`] : []),
    ...(reading.parkedDevices > 0 ? [`${reading.parkedDevices} parked`] : []),
  ];
  return [
    seconds,
    phase.padEnd(7),
    `in ${rate(acceptRate)}  applied ${rate(drainRate)}`,
    `waiting ${compact(lagEvents).padStart(6)} (oldest ${oldestSeconds.toFixed(1)} s)`,
    eta.padEnd(9),
    `${reading.online} online${away.length === 0 ? '' : `, ${away.join(', ')}`}`,
  ].join('  ');
}
