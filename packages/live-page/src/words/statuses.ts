/** The words for how a device is, worst first, and what each means. */

export const STATUSES = ['offline', 'stale', 'degraded', 'unknown', 'online'] as const;
export type Status = (typeof STATUSES)[number];

export const HEALTHS = ['critical', 'degraded', 'unknown', 'ok'] as const;
export type Health = (typeof HEALTHS)[number];

export const SEVERITIES = ['critical', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a badge can say: a status, a health, a severity, or how an administrative state is marked. */
export type Mark = Status | Health | Severity;

/** The shape that stands for a word, so that nobody has to tell colours apart. */
export const SHAPES = {
  online: 'circle',
  ok: 'circle',
  degraded: 'triangle',
  warning: 'triangle',
  stale: 'half',
  offline: 'cross',
  critical: 'diamond',
  unknown: 'ring',
} as const satisfies Record<Mark, string>;
export type Shape = (typeof SHAPES)[Mark];

export const MEANINGS: Record<Status, string> = {
  online: 'reports on time, and nothing is wrong',
  degraded: 'reports on time, but something is wrong',
  stale: 'a report is overdue',
  offline: 'reports have been missing for long',
  unknown: 'cannot be judged: never heard, or nobody listens',
};

/** How bad a status is, 0 the worst. */
export const statusRank = (status: string): number => {
  const rank = STATUSES.indexOf(status as Status);
  return rank < 0 ? STATUSES.length : rank;
};
