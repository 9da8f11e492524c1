import type { RequestContext } from '@cpemon/contracts';
import type { ExplainOptions } from './explanation.js';

/** A request that nobody sent. */
export const requestContext = ({ nowMs }: Pick<ExplainOptions, 'nowMs'>): RequestContext => ({
  nowMs,
  randomId: () => 'made-when-it-is-received',
  correlationId: 'explain',
});
