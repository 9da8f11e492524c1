import { createAgenda } from './agenda.js';

describe('an agenda', () => {
  it('does things at their time and not before, in the order in which they were added', () => {
    const agenda = createAgenda(1000);
    const done: string[] = [];
    agenda.add(1101, () => done.push('later'));
    agenda.add(1060, () => done.push('first'));
    agenda.add(1060, () => done.push('second'));
    agenda.advance(1059);
    expect(done).toEqual([]);
    agenda.advance(1100);
    expect(done).toEqual(['first', 'second']);
    agenda.advance(1120);
    expect(done).toEqual(['first', 'second', 'later']);
  });

  it('loses nothing that is added for this very moment while the moment is being done', () => {
    const agenda = createAgenda(1000);
    const done: number[] = [];
    agenda.add(1100, () => agenda.add(1100, () => done.push(1)));
    agenda.advance(1100);
    agenda.advance(1200);
    expect(done).toEqual([1]);
  });

  it('does what is long past at once', () => {
    const agenda = createAgenda(5000);
    const done: number[] = [];
    agenda.add(0, () => done.push(1));
    agenda.advance(5000);
    expect(done).toEqual([1]);
  });
});
