import { resolve } from 'node:path';
import { runCommandLine } from './cli.js';

/** The command line as a program: what an image starts, which has no scripts around it. */
void runCommandLine(process.argv.slice(2), resolve(__dirname, '../../..'));
