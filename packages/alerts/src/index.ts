export * from './alert-lifecycle.js';
export * from './alert-settings.js';
export * from './cause.js';
export * from './group-alarms.js';
export * from './maintenance-window.js';
export * from './matchers.js';
export * from './notification-budget.js';
export * from './read-alert-settings.js';
