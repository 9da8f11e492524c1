/** What is added to the coverage of a model's firmware. */
export interface CoverageModel {
  model: string;
  firmware: string;
  /** '' where it is not known. */
  manufacturer: string;
  reports: number;
  /** Of these, whose metrics were counted, and of those whose parameters were read by the rules. */
  lookedAt: number;
  surveyed: number;
  /** Epoch ms. */
  firstAt: number;
  lastAt: number;
}

export interface CoverageMetric {
  model: string;
  firmware: string;
  metric: string;
  /** Reports looked at that have it. */
  seen: number;
  /** Reports surveyed that say in their way that they have no reading. */
  noReading: number;
  firstAt: number;
  lastAt: number;
}

export interface CoveragePath {
  model: string;
  /** As it was sent, each instance number as `{i}`. */
  path: string;
  type: string;
  form: string;
  /** The last firmware that sent it. */
  firmware: string;
  /** Reports surveyed that have it. */
  seen: number;
  firstAt: number;
  lastAt: number;
}

export interface CoverageRows {
  models: CoverageModel[];
  metrics: CoverageMetric[];
  paths: CoveragePath[];
}

/** Stands for the models, metrics or paths that there is no room for. */
export const OTHERS = '(others)';

/** Rows of each table, about: several writers may each add their own in the same minute. */
export const MOST_COVERAGE_ROWS = { models: 1000, metrics: 20_000, paths: 5000 } as const;
/** A model that nobody has any more is forgotten after so many days. */
export const COVERAGE_KEPT_DAYS = 90;
