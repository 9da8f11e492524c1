export {
  readCloudEvents,
  type CloudEventRules,
  type ContentMode,
  type ReadCloudEvents,
} from './cloud-event-body.js';
export { contentModeOf } from './content-mode.js';
export type { Envelope } from './envelope.js';
export { createEventKinds, OBSERVATION_FORMAT, type EventKind, type EventKinds } from './event-kinds.js';
