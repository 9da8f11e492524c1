import type { HealthRules } from './health/health-rules.js';
import type { IntakeHistory } from './intake-history.js';
import type { ModelSilences } from './model-silence.js';
import type { ReachabilitySettings } from './reachability.js';

/** What a silence is judged by. */
export interface JudgementRules {
  settings: ReachabilitySettings;
  intake: IntakeHistory;
  /** Models that were quiet as a whole, by name. */
  models?: ReadonlyMap<string, ModelSilences> | undefined;
  /** By which health is judged; absent: it is not. */
  health?: HealthRules | undefined;
  /** Database time of this attempt, epoch ms, for events that fail until some time; the event's own when absent. */
  attemptAt?: number;
}
