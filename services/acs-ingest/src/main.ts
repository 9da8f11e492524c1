import { runService } from '@cpemon/service-kit';
import { startAcsIngest } from './acs-ingest.js';
import { readConfig } from './config.js';

runService('acs-ingest', (context) => startAcsIngest(readConfig(), context));
