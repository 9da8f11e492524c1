/** What a figure has to reach, and what is worth reaching: of the ratio where there is another half, else of the value. */
export interface Goal {
  better: 'more' | 'less';
  floor: number;
  aim?: number;
}

const ofParser: Goal = { better: 'more', floor: 0.4, aim: 0.7 };

/** By the name of the figure; in the benchmark's usual and long form, on two cores. */
export const GOALS: Readonly<Record<string, Goal>> = {
  drain: { better: 'more', floor: 0.35, aim: 0.6 },
  'steady-million.p95': { better: 'less', floor: 100, aim: 50 },
  'history-at-rest': { better: 'less', floor: 24, aim: 12 },
  'device-week.p95': { better: 'less', floor: 50, aim: 20 },
  'fleet-summary.p95': { better: 'less', floor: 20, aim: 5 },
  'inventory-import.seconds': { better: 'less', floor: 120, aim: 45 },
  'inventory-import.ingest-p95': { better: 'less', floor: 1.5 },
  'bulkdata-parse.NameValuePair': ofParser,
  'bulkdata-parse.ObjectHierarchy': ofParser,
  'bulkdata-parse.ParameterPerRow': ofParser,
  'bulkdata-parse.ParameterPerColumn': ofParser,
  'simulator-million.cores': { better: 'less', floor: 0.35 },
  // 1.5 GB.
  'simulator-million.memory': { better: 'less', floor: 1430 },
  'simulator-sessions.per-cpu-second': { better: 'more', floor: 2000 },
  'simulator-sessions.requests': { better: 'more', floor: 0.25 },
};

/** `floor=0.35 aim=0.6 reaches=floor`; undefined for a figure without a goal. @param reached value or ratio */
export function goalWords(name: string, reached: number): string | undefined {
  const goal = Object.hasOwn(GOALS, name) ? GOALS[name] : undefined;
  if (goal === undefined) return undefined;
  const { better, floor, aim } = goal;
  const isReached = (wanted: number): boolean => (better === 'more' ? reached >= wanted : reached <= wanted);
  const best = aim !== undefined && isReached(aim) ? 'aim' : isReached(floor) ? 'floor' : 'nothing';
  return `floor=${floor}${aim === undefined ? '' : ` aim=${aim}`} reaches=${best}`;
}
