import { TIME_DROP_REASONS } from '@cpemon/domain';

/** Why a value was left out of an event that was accepted all the same. */
export const DROP_REASONS = [
  ...TIME_DROP_REASONS,
  'not_a_number',
  'out_of_range',
  'wrong_type',
  'too_long',
  'bad_characters',
  'not_an_address',
  'nested',
  'bad_name',
  'too_many_fields',
  'secret',
  // Of messages of CPEs. The clock was never set: CurrentTime is the time since boot.
  'time_since_boot',
  // The device says, in its way, that it has no reading.
  'no_reading',
  // A parameter of which nobody has said that its value may be kept.
  'unknown_value',
  // A customer's own device: only counted.
  'station',
  // No room for all parameters in one event.
  'too_many_parameters',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** How many values were dropped, by reason. */
export type DropCounts = Partial<Record<DropReason, number>>;

export function countDrop(counts: DropCounts, reason: DropReason): void {
  counts[reason] = (counts[reason] ?? 0) + 1;
}
