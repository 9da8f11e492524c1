export { runDemoCommand } from './command-line.js';
