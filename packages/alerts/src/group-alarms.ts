/** What devices can have in common, by a label and its value: `pon` `1/4/2`, `olt` `olt-3`. */
export interface GroupKey {
  label: string;
  value: string;
}

/** Every device there is. */
export const FLEET_GROUP: GroupKey = { label: 'fleet', value: 'all' };
/** The devices of a model on one firmware; judged against the model's other firmware. */
export const FIRMWARE_GROUP_LABEL = 'model_firmware';
export const firmwareGroup = (model: string, firmware: string): GroupKey => ({
  label: FIRMWARE_GROUP_LABEL,
  value: `${model} / ${firmware}`,
});

/** A group as one text, for maps. */
export const groupText = ({ label, value }: GroupKey): string => `${label}=${value}`;

export interface GroupSettings {
  /** Labels whose values are groups. */
  labels: readonly string[];
  /** Of the members whose report fell due, so many are missing: 0 to 1. */
  share: number;
  /** And at least so many devices. */
  members: number;
  /** A group explains a failure when it holds so much of what is missing: 0 to 1. */
  explains: number;
  /** From the suspicion to the decision; members hold their alerts meanwhile. */
  holdMs: number;
  /** Below this share the alarm is over, when it stays so for `clearMs`. */
  clearShare: number;
  clearMs: number;
}

export const DEFAULT_GROUP_SETTINGS: GroupSettings = {
  labels: ['pon', 'card', 'olt', 'site', 'region', 'bng'],
  share: 0.3,
  members: 10,
  explains: 0.8,
  holdMs: 120_000,
  clearShare: 0.1,
  clearMs: 60_000,
};

/** A group in numbers since a suspected start. */
export interface GroupFigures {
  key: GroupKey;
  /** Devices in service. */
  members: number;
  /** Of them those whose report fell due since the start: it came, or it is missing. */
  due: number;
  missing: number;
  /**
   * Of a firmware: the share that is missing of the model's other firmware. What they have in common is no fault of
   * the firmware.
   */
  othersShare?: number;
}

export const shareOf = ({ missing, due }: Pick<GroupFigures, 'missing' | 'due'>): number =>
  due === 0 ? 0 : missing / due;

/** Of a firmware whose neighbours on the same model fail as well, at least at this part of its share, the fault is not. */
export const NEIGHBOURS_PART = 1 / 3;
/**
 * A group is looked at more closely when so much of all its members failed lately: customers who switch off do not
 * make an OLT suspect, and one that dies is suspect within seconds.
 */
const SUSPECT_SHARE = 0.02;

/** Whether kept counts make a group worth a query. @param failing devices that went offline lately */
export const isSuspect = (
  failing: number,
  members: number,
  settings: Pick<GroupSettings, 'members'>,
): boolean => failing >= settings.members && failing >= members * SUSPECT_SHARE;

export function isFailing(figures: GroupFigures, { share, members }: GroupSettings): boolean {
  const own = shareOf(figures);
  if (figures.missing < members || own < share) return false;
  return figures.othersShare === undefined || figures.othersShare < own * NEIGHBOURS_PART;
}

/** Missing devices that have the same groups. */
export interface MissingDevices {
  /** `groupText` of each group that they are in. */
  groups: readonly string[];
  devices: number;
}

/** A group that may explain a failure. */
export interface Suspect {
  key: GroupKey;
  /** Devices in service, as kept. */
  members: number;
}

/** A group that explains a failure, and the suspects that are explained with it: parents and children. */
export interface GroupVerdict<S extends Suspect = Suspect> {
  suspect: S;
  figures: GroupFigures;
  related: S[];
}

/**
 * Names for everything that is missing the smallest failing group that explains it: of the group with the most missing
 * devices the smallest that holds 80 % of them, then the same with what is left. Groups that are mostly explained by it
 * are its relatives.
 * @param figuresOf looks closely at one suspect; asked only of those on which the verdict turns
 */
export async function explainFailure<S extends Suspect>(
  suspects: readonly S[],
  missing: readonly MissingDevices[],
  settings: GroupSettings,
  figuresOf: (suspect: S) => Promise<GroupFigures>,
): Promise<GroupVerdict<S>[]> {
  const left = new Map(missing.map((part) => [part, part.devices]));
  const partsOf = new Map<string, MissingDevices[]>();
  for (const part of missing) {
    for (const group of part.groups) {
      const parts = partsOf.get(group);
      if (parts === undefined) partsOf.set(group, [part]);
      else parts.push(part);
    }
  }
  const partsOfSuspect = ({ key }: Suspect): readonly MissingDevices[] => partsOf.get(groupText(key)) ?? [];
  const leftIn = (suspect: Suspect): number =>
    partsOfSuspect(suspect).reduce((sum, part) => sum + (left.get(part) ?? 0), 0);
  const looked = new Map<S, GroupFigures>();
  const failingFigures = async (suspect: S): Promise<GroupFigures | null> => {
    const figures = looked.get(suspect) ?? (await figuresOf(suspect));
    looked.set(suspect, figures);
    return isFailing(figures, settings) ? figures : null;
  };

  const verdicts: GroupVerdict<S>[] = [];
  const open = new Set(suspects);
  while (open.size > 0) {
    const before = new Map([...open].map((suspect) => [suspect, leftIn(suspect)]));
    const most = largest(before);
    const total = before.get(most)!;
    if (total < settings.members) break;
    if ((await failingFigures(most)) === null) {
      open.delete(most);
      continue;
    }
    const parts = new Set(partsOfSuspect(most));
    const inMost = (suspect: S): number =>
      partsOfSuspect(suspect).reduce((sum, part) => sum + (parts.has(part) ? (left.get(part) ?? 0) : 0), 0);
    const explaining = [...open]
      .filter((suspect) => inMost(suspect) >= total * settings.explains)
      .sort((one, other) => (isSmaller(one, other) ? -1 : 1));
    let cause = most;
    let figures: GroupFigures | null = null;
    for (const suspect of explaining) {
      figures = await failingFigures(suspect);
      cause = suspect;
      if (figures !== null) break;
    }
    for (const part of partsOfSuspect(cause)) left.set(part, 0);
    open.delete(cause);
    const related: S[] = [];
    for (const suspect of open) {
      const had = before.get(suspect)!;
      const rest = leftIn(suspect);
      if (rest > had * (1 - settings.explains) && rest >= settings.members) continue;
      open.delete(suspect);
      if (had > 0) related.push(suspect);
    }
    related.sort((one, other) => other.members - one.members);
    verdicts.push({ suspect: cause, figures: figures!, related });
  }
  return verdicts;
}

function largest<S extends Suspect>(sizes: ReadonlyMap<S, number>): S {
  let best: S | undefined;
  let most = -1;
  for (const [suspect, size] of sizes) {
    if (best !== undefined && (size < most || (size === most && !isSmaller(suspect, best)))) continue;
    best = suspect;
    most = size;
  }
  return best!;
}

/** Of two groups with equal members (a site with one OLT) the first by name. */
const isSmaller = (one: Suspect, other: Suspect): boolean =>
  one.members !== other.members ? one.members < other.members : groupText(one.key) < groupText(other.key);
