import fc from 'fast-check';
import { decideShare, MAX_MOVES_PER_ROUND, type LaneOwnership } from './fair-share.js';

const lanes = (owners: (string | null)[]): LaneOwnership[] =>
  owners.map((owner, lane) => ({ lane, owner, epoch: 0 }));
const laneNumbers = (decided: LaneOwnership[]): number[] => decided.map(({ lane }) => lane);

test('the only member claims every free lane at once', () => {
  const { claim, release } = decideShare('a', ['a'], lanes(new Array<null>(16).fill(null)));
  expect(laneNumbers(claim)).toHaveLength(16);
  expect(release).toEqual([]);
});

test('lanes of a member whose lease ran out are free', () => {
  const { claim } = decideShare('a', ['a'], lanes(['a', 'gone']));
  expect(laneNumbers(claim)).toEqual([1]);
});

test('a newcomer claims nothing that is owned; the owner gives up a few lanes a round', () => {
  const owned = lanes(new Array<string>(16).fill('a'));
  expect(decideShare('b', ['a', 'b'], owned).claim).toEqual([]);
  expect(decideShare('a', ['a', 'b'], owned).release).toHaveLength(MAX_MOVES_PER_ROUND);
});

test('any number of members on any start comes to rest with floor or ceil of the lanes each', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: -1, max: 15 }), { minLength: 64, maxLength: 64 }),
      (laneCount, memberCount, start) => {
        const members = Array.from({ length: memberCount }, (_, index) => `m${index}`);
        const state = lanes(start.slice(0, laneCount).map((owner) => (owner < 0 ? null : `m${owner}`)));
        let moves = 1;
        for (let round = 0; moves > 0; round += 1) {
          if (round > 100) throw new Error('never comes to rest');
          moves = 0;
          for (const me of members) {
            const { claim, release } = decideShare(me, members, state);
            for (const { lane } of release) state[lane]!.owner = null;
            for (const { lane } of claim) state[lane]!.owner = me;
            moves += claim.length + release.length;
          }
        }
        for (const me of members) {
          const held = state.filter(({ owner }) => owner === me).length;
          expect([Math.floor(laneCount / memberCount), Math.ceil(laneCount / memberCount)]).toContain(held);
        }
        expect(state.every(({ owner }) => owner !== null && members.includes(owner))).toBe(true);
      },
    ),
  );
});

/**
 * Rounds in which all members decide by what the table held before any of them acted, as processes do that wake at
 * the same moment; of two that claim a lane the first in `order` gets it. Returns the claims of each lane.
 */
function runRounds(state: LaneOwnership[], members: readonly string[], order: readonly string[]): number[] {
  const claims = state.map(() => 0);
  for (let round = 0; ; round += 1) {
    if (round > 100) throw new Error('never comes to rest');
    const decisions = order.map((me) => ({ me, ...decideShare(me, members, structuredClone(state)) }));
    if (decisions.every(({ claim, release }) => claim.length + release.length === 0)) return claims;
    for (const { release } of decisions) {
      expect(release.length).toBeLessThanOrEqual(MAX_MOVES_PER_ROUND);
      for (const { lane } of release) state[lane] = { ...state[lane]!, owner: null };
    }
    for (const { me, claim } of decisions) {
      for (const { lane, epoch } of claim) {
        if (state[lane]!.epoch !== epoch) continue;
        state[lane] = { lane, owner: me, epoch: epoch + 1 };
        claims[lane]! += 1;
      }
    }
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);

test('members that decide at the same moment move no lane twice, whatever they start from and whoever is faster', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 12 }).chain((count) =>
        fc.record({
          members: fc.constant(names(count)),
          order: fc.shuffledSubarray(names(count), { minLength: count }),
        }),
      ),
      fc.array(fc.integer({ min: -1, max: 15 }), { minLength: 64, maxLength: 64 }),
      (laneCount, { members, order }, start) => {
        const state = lanes(start.slice(0, laneCount).map((owner) => (owner < 0 ? null : `m${owner}`)));
        expect(Math.max(...runRounds(state, members, order))).toBeLessThanOrEqual(1);
        const held = members.map((me) => state.filter(({ owner }) => owner === me).length);
        expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
        expect(held.reduce((sum, count) => sum + count, 0)).toBe(laneCount);
      },
    ),
  );
});

test('ten members that come one after another move fewer lanes than there are with each newcomer', () => {
  const state = lanes(new Array<null>(16).fill(null));
  for (let count = 1; count <= 10; count += 1) {
    const claims = runRounds(state, names(count), names(count));
    const newcomersShare = Math.ceil(16 / count);
    expect(claims.reduce((sum, moved) => sum + moved, 0)).toBeLessThanOrEqual(
      count === 1 ? 16 : newcomersShare,
    );
  }
});

test('the lanes of members that leave go to those that stay, and nothing else moves', () => {
  const state = lanes(new Array<null>(16).fill(null));
  runRounds(state, names(4), names(4));
  const before = structuredClone(state);
  const claims = runRounds(state, names(3), names(3));
  for (const { lane, owner } of before) expect(claims[lane]).toBe(owner === 'm3' ? 1 : 0);
});
