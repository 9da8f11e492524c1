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
