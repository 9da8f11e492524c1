import type { SimulatorConfig } from '../config.js';
import type { Fleet } from '../fleet.js';
import type { Credentials } from './http-auth.js';

/** `{oui}-{class}-{serial}` filled in, each percent-encoded. TR-069 Amendment 6, 3.4.4. */
export function credentialsOf(
  fleet: Fleet,
  { cwmpUsername, cwmpPassword }: Pick<SimulatorConfig, 'cwmpUsername' | 'cwmpPassword'>,
): (device: number) => Credentials | undefined {
  return (device) => {
    if (cwmpPassword === undefined) return undefined;
    const parts: Record<string, () => string> = {
      oui: () => fleet.modelOf(device).oui,
      class: () => fleet.productClassOf(device),
      serial: () => fleet.serialNumberOf(device),
    };
    const username = cwmpUsername.replace(/\{(oui|class|serial)\}/g, (_, name: string) =>
      encodeURIComponent(parts[name]!()),
    );
    return { username, password: cwmpPassword };
  };
}
