import { alternate, plainFigure, ratioFigure } from './alternating-runs.js';

describe('alternate', () => {
  it('measures ours and the other half in turns', async () => {
    const order: string[] = [];
    const step = (name: string) => (pair: number) => {
      order.push(`${name}${pair}`);
      return Promise.resolve(pair);
    };
    await expect(alternate(2, step('ours'), step('other'))).resolves.toEqual([
      { ours: 1, limit: 1 },
      { ours: 2, limit: 2 },
    ]);
    expect(order).toEqual(['ours1', 'other1', 'ours2', 'other2']);
  });
});

describe('ratioFigure', () => {
  it('shows value and limit of the pair with the median ratio, so that the three numbers agree', () => {
    const figure = ratioFigure('drain', 'events/s', 'server-side-apply', [
      { ours: 90, limit: 100 },
      { ours: 60, limit: 100 },
      { ours: 160, limit: 200 },
    ]);
    expect(figure).toEqual({
      name: 'drain',
      value: 160,
      unit: 'events/s',
      against: { name: 'server-side-apply', limit: 200, ratio: 0.8 },
      spread: { from: 0.6, to: 0.9 },
    });
  });
});

describe('plainFigure', () => {
  it('is the median with the spread of the values', () => {
    expect(plainFigure('steady.p95', 'ms', [30, 10, 20])).toEqual({
      name: 'steady.p95',
      value: 20,
      unit: 'ms',
      spread: { from: 10, to: 30 },
    });
  });
});
