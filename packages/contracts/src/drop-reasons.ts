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
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** How many values were dropped, by reason. */
export type DropCounts = Partial<Record<DropReason, number>>;

export function countDrop(counts: DropCounts, reason: DropReason): void {
  counts[reason] = (counts[reason] ?? 0) + 1;
}
