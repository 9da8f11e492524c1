export { readConfig, type SimulatorConfig } from './config.js';
export { startSimulator, type RunningSimulator } from './simulator.js';
export type { TruthReport } from './truth-report.js';
