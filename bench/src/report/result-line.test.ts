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
      'RESULT drain value=61240 unit=events/s ratio=0.82 against=server-side-apply limit=74680 spread=0.79..0.85',
    );
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
