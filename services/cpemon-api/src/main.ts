import { runService } from '@cpemon/service-kit';
import { startCpemonApi } from './cpemon-api.js';
import { readConfig } from './config.js';

runService('cpemon-api', (context) => startCpemonApi(readConfig(), context));
