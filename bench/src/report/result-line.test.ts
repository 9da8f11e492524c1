import { resultLine } from './result-line.js';

describe('resultLine', () => {
  it('names the figure, the other half and the spread of the ratio', () => {
    const line = resultLine({
      name: 'drain',
      value: 61240.4,
      unit: 'events/s',
      against: { name: 'server-side-apply', limit: 74680, ratio: 0.82 },
      spread: { from: 0.79, to: 0.85 },
    });
    expect(line).toBe(
      'RESULT drain value=61240 unit=events/s ratio=0.82 against=server-side-apply limit=74680 spread=0.79..0.85 ' +
        'floor=0.35 aim=0.6 reaches=aim',
    );
  });

  it('says what a figure has to reach, and whether it does', () => {
    const reached = (name: string, value: number) =>
      resultLine({ name, value, unit: 'ms' }).replace(/^.* (?=floor)/, '');
    expect(reached('fleet-summary.p95', 5)).toBe('floor=20 aim=5 reaches=aim');
    expect(reached('fleet-summary.p95', 20)).toBe('floor=20 aim=5 reaches=floor');
    expect(reached('fleet-summary.p95', 21)).toBe('floor=20 aim=5 reaches=nothing');
    expect(reached('simulator-sessions.per-cpu-second', 2500)).toBe('floor=2000 reaches=floor');
    expect(reached('fleet-summary.p50', 5)).toBe('RESULT fleet-summary.p50 value=5.00 unit=ms');
  });

  it('shows the spread of the value where there is no other half', () => {
    const line = resultLine({
      name: 'steady.p95',
      value: 23.44,
      unit: 'ms',
      spread: { from: 9.5, to: 120.2 },
    });
    expect(line).toBe('RESULT steady.p95 value=23.4 unit=ms spread=9.50..120');
  });
});
