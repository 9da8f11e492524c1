import {
  FIRMWARE_GROUP_LABEL,
  FLEET_GROUP,
  firmwareGroup,
  groupText,
  shareOf,
  type GroupFigures,
  type GroupKey,
} from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import {
  readGroupTallies,
  readKeptFleet,
  readKeptMembers,
  readLabelSetsWith,
  readLastDeviceId,
  type GroupTally,
} from '@cpemon/store';
import type { LabelCache } from './label-cache.js';

/** A fleet or group of so many is counted device by device; of a larger one a sample is. */
const COUNTED_MEMBERS = 20_000;
/** Of the whole fleet; a group of 2 % of it has a hundred in it, enough to tell 30 % from 10 %. */
const SAMPLED_DEVICES = 5000;
const MOST_LABEL_SETS = 20_000;

/** Looks closely at groups, each time with bounded queries. One of these is for one moment: what is read is kept. */
export interface GroupFigureReader {
  /** Kept counts of devices in service, and how many of them are offline, dormant ones among them. */
  members(keys: readonly GroupKey[]): Promise<Map<string, KeptMembers>>;
  /** @param members as kept */
  figures(key: GroupKey, members: number, since: number): Promise<GroupFigures>;
}

export interface KeptMembers {
  members: number;
  offline: number;
}

export function createGroupFigureReader(
  connection: Connection,
  {
    labels,
    groupLabels,
    random,
    at,
  }: { labels: LabelCache; groupLabels: readonly string[]; random: () => number; at: number },
): GroupFigureReader {
  const tallies = new Map<string, Promise<GroupTally[]>>();
  const once = (name: string, read: () => Promise<GroupTally[]>): Promise<GroupTally[]> => {
    let known = tallies.get(name);
    if (known === undefined) tallies.set(name, (known = read()));
    return known;
  };
  let fleet: Promise<KeptMembers> | undefined;
  const keptFleet = (): Promise<KeptMembers> => (fleet ??= readKeptFleet(connection));
  const fleetMembers = async (): Promise<number> => (await keptFleet()).members;

  /** Of everybody, or of a sample of everybody. */
  const ofFleet = (since: number): Promise<GroupTally[]> =>
    once(`fleet ${since}`, async () => {
      if ((await fleetMembers()) <= COUNTED_MEMBERS)
        return readGroupTallies(connection, { all: true }, { since, at });
      const last = await readLastDeviceId(connection);
      const deviceIds = new Set<number>();
      for (let n = 0; n < SAMPLED_DEVICES; n += 1) deviceIds.add(1 + Math.floor(random() * last));
      const sampled = [...deviceIds].sort((a, b) => a - b);
      return readGroupTallies(connection, { deviceIds: sampled }, { since, at });
    });

  const ofLabel = (key: GroupKey, since: number): Promise<GroupTally[]> =>
    once(`${groupText(key)} ${since}`, async () => {
      const labelSetIds = await readLabelSetsWith(connection, key.label, key.value, MOST_LABEL_SETS);
      return readGroupTallies(connection, { labelSetIds }, { since, at });
    });

  const groupsOf = ({ labelSetId, model, firmware }: GroupTally): readonly string[] => [
    ...labels.groups(labelSetId, groupLabels),
    ...(model === null || firmware === null ? [] : [groupText(firmwareGroup(model, firmware))]),
    groupText(FLEET_GROUP),
  ];

  return {
    async members(keys) {
      const found = new Map<string, KeptMembers>();
      const byLabel = new Map<string, GroupKey[]>();
      for (const key of keys) {
        if (key.label === FLEET_GROUP.label) {
          found.set(groupText(key), await keptFleet());
          continue;
        }
        const label = key.label === FIRMWARE_GROUP_LABEL ? 'firmware' : key.label;
        byLabel.set(label, [...(byLabel.get(label) ?? []), key]);
      }
      const valueOf = ({ label, value }: GroupKey): string =>
        label === FIRMWARE_GROUP_LABEL ? value.slice(value.indexOf(' / ') + 3) : value;
      for (const [label, ofLabelKeys] of byLabel) {
        const kept = await readKeptMembers(connection, label, [...new Set(ofLabelKeys.map(valueOf))]);
        for (const key of ofLabelKeys) found.set(groupText(key), kept.get(valueOf(key)) ?? NOBODY);
      }
      return found;
    },
    async figures(key, members, since) {
      const counted = (await fleetMembers()) <= COUNTED_MEMBERS;
      const byFleet =
        counted ||
        members > COUNTED_MEMBERS ||
        key.label === FLEET_GROUP.label ||
        key.label === FIRMWARE_GROUP_LABEL;
      const read = byFleet ? await ofFleet(since) : await ofLabel(key, since);
      await labels.load(
        connection,
        read.map(({ labelSetId }) => labelSetId),
      );
      const text = groupText(key);
      const own = read.filter((tally) => groupsOf(tally).includes(text));
      const sum = sumOf(own);
      // A sample stands for all.
      const sampled = sum.members + sum.dormant;
      const scale = !counted && byFleet && sampled > 0 ? members / sampled : 1;
      const figures: GroupFigures = {
        ...{ key, members: Math.round(sum.members * scale) },
        ...{ due: Math.round(sum.due * scale), missing: Math.round(sum.missing * scale) },
      };
      if (key.label !== FIRMWARE_GROUP_LABEL) return figures;
      const models = new Set(own.map(({ model }) => model));
      const others = read.filter((tally) => models.has(tally.model) && !own.includes(tally));
      return { ...figures, othersShare: shareOf(sumOf(others)) };
    },
  };
}

const NOBODY: KeptMembers = { members: 0, offline: 0 };

type Sum = Pick<GroupTally, 'members' | 'dormant' | 'due' | 'missing'>;

const sumOf = (tallies: readonly GroupTally[]): Sum =>
  tallies.reduce<Sum>(
    (sum, { members, dormant, due, missing }) => ({
      members: sum.members + members,
      dormant: sum.dormant + dormant,
      due: sum.due + due,
      missing: sum.missing + missing,
    }),
    { members: 0, dormant: 0, due: 0, missing: 0 },
  );
