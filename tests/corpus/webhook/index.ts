import { ENVELOPES } from './envelopes';
import { EVENT_WORDS } from './event-words';
import { PARAMETERS } from './parameters';
import { REFUSALS } from './refusals';
import { SPELLINGS } from './spellings';
import { SYSTEMS } from './systems';

export type { WebhookRow } from './corpus-row';

/** Bodies of the webhook, in the shapes of many systems. */
export const WEBHOOK_CORPUS = [
  ...SPELLINGS,
  ...EVENT_WORDS,
  ...PARAMETERS,
  ...SYSTEMS,
  ...ENVELOPES,
  ...REFUSALS,
];
