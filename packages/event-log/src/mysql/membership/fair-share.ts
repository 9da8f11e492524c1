/** Who owns a lane, as last read. */
export interface LaneOwnership {
  lane: number;
  owner: string | null;
  epoch: number;
}

export interface ShareDecision {
  claim: LaneOwnership[];
  release: LaneOwnership[];
}

/** Lanes that one member takes or gives in one round, so that a newcomer does not stop the whole group at once. */
export const MAX_MOVES_PER_ROUND = 4;

/**
 * What `me` should claim and give up so that every live member ends with floor or ceil of lanes / members. Members
 * take their places in alphabetical order: the first lanes % members of them have room for one more.
 * Lanes without a live owner are claimed without a cap: nobody applies them.
 */
export function decideShare(
  me: string,
  liveMembers: readonly string[],
  ownership: readonly LaneOwnership[],
): ShareDecision {
  const members = [...new Set([...liveMembers, me])].sort();
  const live = new Set(members);
  const floor = Math.floor(ownership.length / members.length);
  const extras = ownership.length % members.length;
  const held = new Map<string, number>(members.map((member) => [member, 0]));
  for (const { owner } of ownership) {
    if (owner !== null && live.has(owner)) held.set(owner, (held.get(owner) ?? 0) + 1);
  }
  const mine = ownership.filter(({ owner }) => owner === me);
  const free = ownership.filter(({ owner }) => owner === null || !live.has(owner));

  // Places above the floor go first to those who hold them already, then by name.
  const byClaim = [...members].sort(
    (a, b) => Number((held.get(b) ?? 0) > floor) - Number((held.get(a) ?? 0) > floor) || (a < b ? -1 : 1),
  );
  const place = byClaim.indexOf(me);
  const target = floor + (place < extras ? 1 : 0);

  if (mine.length > target) {
    return { claim: [], release: mine.slice(target).slice(0, MAX_MOVES_PER_ROUND) };
  }
  return { claim: rotate(free, place * target).slice(0, target - mine.length), release: [] };
}

/** Members start their claims at different lanes, so that they seldom race for the same one. */
function rotate<T>(items: readonly T[], by: number): T[] {
  if (items.length === 0) return [];
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
