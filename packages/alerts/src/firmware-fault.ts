import { NEIGHBOURS_PART, shareOf, type GroupSettings } from './group-alarms.js';

/** How many devices something holds of, and how many there are. */
export interface Part {
  concerned: number;
  members: number;
}

/** Whom a firmware is compared with: the model's other firmware, or everybody else where the model has none to speak of. */
export function othersOf(
  own: Part,
  ofModel: Part,
  fleet: Part,
  { members }: Pick<GroupSettings, 'members'>,
): Part {
  const without = (all: Part): Part => ({
    concerned: Math.max(0, all.concerned - own.concerned),
    members: Math.max(0, all.members - own.members),
  });
  const ofOtherFirmware = without(ofModel);
  return ofOtherFirmware.members >= members ? ofOtherFirmware : without(fleet);
}

export const partShare = ({ concerned, members }: Part): number =>
  shareOf({ missing: Math.min(concerned, members), due: members });

/** Whether what holds of so many devices of a firmware, and of so few others, is a fault of the firmware. */
export function isFirmwareFault(
  own: Part,
  others: Part,
  { share, members }: Pick<GroupSettings, 'share' | 'members'>,
): boolean {
  if (own.concerned < members || partShare(own) < share) return false;
  return partShare(others) < partShare(own) * NEIGHBOURS_PART;
}
