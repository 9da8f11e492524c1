import { readdirSync } from 'node:fs';
import { freemem } from 'node:os';
import { parseDatabaseUrl } from '@cpemon/database';
import type { LocalStackEnvironment } from '../config.js';
import { dataLayout } from '../data-layout.js';
import { DEFAULT_BASE_PORT, databasePort, firstReplicaPorts, isPortFree, SERVICES } from '../port-plan.js';
import { isRunning } from '../process-identity.js';
import { readStackFile } from '../stack-file.js';
import { examineDataFolder } from './data-folder-care.js';
import { examineDatabase } from './database.js';
import { bad, good, type Finding } from './finding.js';
import {
  judgeDisk,
  judgeMemory,
  judgeNode,
  judgeOpenFiles,
  readDiskSpace,
  readOpenFilesLimit,
} from './machine.js';
import { examineCluster, examineContainers, examineServer } from './programs.js';

export interface DoctorOptions {
  environment: LocalStackEnvironment;
  /** PATH, HOME, KUBECONFIG, DOCKER_HOST: for the programs that are asked. */
  programsEnvironment: Record<string, string>;
  dataFolder: string;
  migrationsFolder: string;
  now: () => number;
}

/** Looks at all that CPEmon needs on this machine, and at the database and cluster that are named; changes nothing. */
export async function examineAll(options: DoctorOptions): Promise<Finding[]> {
  const { environment, programsEnvironment, dataFolder, migrationsFolder, now } = options;
  const layout = dataLayout(dataFolder);
  const stack = readStackFile(layout.stackFile);
  const running = stack !== null && isRunning(stack.supervisor) ? stack : undefined;
  const url = running?.database.url ?? environment.databaseUrl;
  const wanted = readdirSync(migrationsFolder).filter((name) => /^\d{4}_.*\.sql$/.test(name)).length;
  return [
    judgeNode(process.version),
    examineServer(environment.server),
    running === undefined
      ? await examinePorts()
      : good('ports', `A stack runs on ${dataFolder}; npm run cpemon -- status tells where.`),
    judgeDisk(readDiskSpace(dataFolder)),
    judgeMemory(freemem()),
    judgeOpenFiles(readOpenFilesLimit()),
    ...examineDataFolder(layout),
    ...(url === undefined ? [] : await examineUrl(url, wanted, now)),
    await examineContainers(programsEnvironment),
    await examineCluster(programsEnvironment),
  ];
}

async function examineUrl(url: string, wanted: number, now: () => number): Promise<Finding[]> {
  try {
    return await examineDatabase(parseDatabaseUrl(url), wanted, now);
  } catch (error) {
    return [bad('database', `DATABASE_URL ${(error as Error).message}`)];
  }
}

/** The ports that `npm start` takes without options. */
async function examinePorts(): Promise<Finding> {
  const wanted: [string, number][] = SERVICES.flatMap((service) =>
    Object.values(firstReplicaPorts(service, DEFAULT_BASE_PORT)).map((port): [string, number] => [
      service,
      port as number,
    ]),
  );
  wanted.push(['database', databasePort(DEFAULT_BASE_PORT)]);
  const taken: string[] = [];
  for (const [owner, port] of wanted) if (!(await isPortFree(port))) taken.push(`${port} (${owner})`);
  return taken.length === 0
    ? good('ports', `All ${wanted.length} that npm start takes are free.`)
    : bad('ports', `Taken: ${taken.join(', ')}. Move all with npm start -- --base-port 18080.`);
}
