export * from './explain-message.js';
export * from './explanation.js';
export * from './explanation-text.js';
export { LARGEST_MESSAGE_BYTES } from './plain-body.js';
