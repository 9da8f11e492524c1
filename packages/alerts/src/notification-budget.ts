/** How many alerts are told one by one. */
export interface NotificationBudget {
  perHour: number;
}

export const HOUR_MS = 3_600_000;

/**
 * Whether one more alert may be told by itself at `at`; what is beyond waits for the digest.
 * @param sentAt when alerts were told by themselves, epoch ms, in any order
 */
export function isWithinBudget(
  sentAt: readonly number[],
  at: number,
  { perHour }: NotificationBudget,
): boolean {
  let inLastHour = 0;
  for (const time of sentAt) if (time > at - HOUR_MS) inLastHour += 1;
  return inLastHour < perHour;
}

/** When what was held back is told together: an hour after the first of it. @param heldAt epoch ms */
export const digestIsDue = (heldAt: readonly number[], at: number): boolean =>
  heldAt.some((time) => at - time >= HOUR_MS);
