import { modelsInForce, traceParameters, type ParameterSender } from '@cpemon/device-models';
import type { CpeEvent, ParameterValues } from '@cpemon/domain';
import { MOST_PARAMETERS, type ExplainedEvent } from './explanation.js';

/** @param parameters as they were sent, before anything was taken out */
export function explainedEvent(
  event: CpeEvent,
  parameters: ParameterValues,
  sender: ParameterSender,
): ExplainedEvent {
  return {
    event,
    identifiedBy: 'the message',
    fields: [],
    parameters: traceParameters(parameters, sender, modelsInForce().models, MOST_PARAMETERS),
    furtherParameters: Math.max(0, Object.keys(parameters).length - MOST_PARAMETERS),
  };
}
