import { runService } from '@cpemon/service-kit';
import { readConfig } from './config.js';
import { startWriter } from './writer.js';

runService('cpemon-writer', (context) => startWriter(readConfig(), context));
