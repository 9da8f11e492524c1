export * from './alert-devices.js';
export * from './alert-positions.js';
export * from './alert-rows.js';
export * from './group-tallies.js';
export * from './looping-devices.js';
export * from './maintenance-windows.js';
export * from './outbox.js';
export * from './silences.js';
