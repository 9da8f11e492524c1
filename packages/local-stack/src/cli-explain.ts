import { InvalidArgumentError, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BUILT_IN_MODEL_FILES, createDeviceModels, putModelsInForce } from '@cpemon/device-models';
import { explainMessage, explanationText, SHAPES, type Explanation, type Shape } from '@cpemon/explain';
import { checkModelFolder, readModelFolder } from '@cpemon/model-folder';
import type { OperatorTools } from './operator-verbs.js';

export interface ExplainTools extends Pick<OperatorTools, 'answer' | 'now'> {
  /** The folder that relative names of files begin at. */
  folder: string;
  /** DEVICE_MODELS_DIR of the environment. */
  modelsFolder: () => string | undefined;
}

interface ExplainWish {
  as?: Shape;
  address?: string;
  device?: string;
  type?: string;
  models?: string;
}

/** `explain FILE|-`: what CPEmon makes of one message; no stack and no database is needed. */
export function addExplainVerb(program: Command, { folder, modelsFolder, answer, now }: ExplainTools): void {
  program
    .command('explain')
    .description('says step by step what CPEmon makes of one message as it came; takes nothing in')
    .argument(
      '<file>',
      'Inform, webhook, bulk report (JSON, CSV), heartbeat or CloudEvent, gzipped or not; - for stdin',
    )
    .option('--as <shape>', `${SHAPES.join(', ')}; by its bytes when left out`, knownShape)
    .option('--address <url>', 'address that a bulk report was sent to: its device stands there')
    .option('--device <id>', 'OUI-ProductClass-SerialNumber, for messages that name no device')
    .option('--type <content type>', 'Content-Type as it was sent: its charset counts')
    .option('--models <folder>', 'mappings of your own; DEVICE_MODELS_DIR when left out')
    .action(async (file: string, wish: ExplainWish) => {
      const models = wish.models === undefined ? modelsFolder() : resolve(folder, wish.models);
      if (models !== undefined) await useModels(models);
      const { as, address, device, type: contentType } = wish;
      // 0 is stdin.
      const bytes = readFileSync(file === '-' ? 0 : resolve(folder, file));
      const explanation = explainMessage(bytes, {
        nowMs: now(),
        ...(as === undefined ? {} : { as }),
        ...(address === undefined ? {} : { address }),
        ...(device === undefined ? {} : { device }),
        ...(contentType === undefined ? {} : { contentType }),
      });
      answer<Explanation>(explanation, explanationText);
    });
}

async function useModels(folder: string): Promise<void> {
  const own = checkModelFolder(await readModelFolder(folder));
  putModelsInForce({
    models: createDeviceModels([...BUILT_IN_MODEL_FILES, ...own]),
    unknownValues: 'dropped',
  });
}

function knownShape(text: string): Shape {
  const found = SHAPES.find((shape) => shape === text);
  if (found === undefined) throw new InvalidArgumentError(`The shapes are ${SHAPES.join(', ')}.`);
  return found;
}
