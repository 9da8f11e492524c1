import { SILENCE } from '../fleet.js';
import type { Access } from '../models/model-file.js';
import { bngMisses, bngWent, lineIsBack, lineIsLost, powerIsLost, sessionBegins } from './access-network.js';
import { action, again, draw, type Action, type Range } from './action.js';

/** How long boxes take until they report again once the power is back, seconds. */
const RETURN_SECONDS: Record<Access, Range> = {
  fibre: [60, 180],
  dsl: [120, 300],
  cable: [120, 600],
  lte: [40, 120],
  ethernet: [30, 90],
};

/** Who tells of a lost line: nobody, its far end, the BNG that misses the session, or that of a BNG that went. */
export const LINE_EVIDENCE = ['nothing', 'line', 'lost-carrier', 'nas-reboot'] as const;
export type LineEvidence = (typeof LINE_EVIDENCE)[number];

/** Not every last word arrives: an ONT behind a splitter may be drowned by its neighbours'. */
const GASP_SHARE = 0.9;

/** What makes devices fall silent. */
export const OUTAGE_ACTIONS = {
  'lose-power': action(
    { neverShare: 0.02, gaspShare: GASP_SHARE },
    (stage, dark, { neverShare, gaspShare }) => {
      const { fleet, simulation, behaviour, random } = stage;
      simulation.silence(dark, SILENCE.noPower);
      const alarms = dark.map((device) => powerIsLost(stage, device, gaspShare));
      return () => {
        for (const [index, device] of dark.entries()) {
          if (random() < neverShare) continue;
          const afterMs = draw(stage, RETURN_SECONDS[fleet.modelOf(device).access]);
          simulation.later(afterMs, () => simulation.unsilence([device], SILENCE.noPower));
          behaviour.boot(device, afterMs);
          lineIsBack(stage, device, alarms[index]!, afterMs);
        }
      };
    },
    (fleet, devices) => devices.filter((device) => !fleet.placeOf(device).hasBattery),
  ),
  'lose-line': action<{ returnSeconds: Range; evidence: LineEvidence }>(
    { returnSeconds: [1, 30], evidence: 'nothing' },
    (stage, devices, { returnSeconds, evidence }) => {
      const { simulation } = stage;
      simulation.silence(devices, SILENCE.noLine);
      const alarms = devices.map((device) => {
        if (evidence === 'line') return lineIsLost(stage, device);
        if (evidence === 'lost-carrier') bngMisses(stage, device);
        if (evidence === 'nas-reboot') bngWent(stage, device);
        return '';
      });
      return () => {
        for (const [index, device] of devices.entries()) {
          const afterMs = draw(stage, returnSeconds);
          simulation.later(afterMs, () => simulation.unsilence([device], SILENCE.noLine));
          if (evidence === 'line') lineIsBack(stage, device, alarms[index]!, afterMs);
          else if (evidence !== 'nothing') sessionBegins(stage, device, afterMs);
        }
      };
    },
  ),
  'switch-off': action({ withinSeconds: [0, 20] as Range }, (stage, devices, { withinSeconds }) => {
    const { simulation, behaviour } = stage;
    const alarms = new Map<number, string>();
    let on = false;
    for (const device of devices) {
      simulation.later(draw(stage, withinSeconds), () => {
        if (on) return;
        simulation.silence([device], SILENCE.noPower);
        alarms.set(device, powerIsLost(stage, device, GASP_SHARE));
      });
    }
    return () => {
      on = true;
      for (const device of devices) {
        const alarm = alarms.get(device);
        if (alarm === undefined) continue;
        const afterMs = draw(stage, withinSeconds);
        simulation.later(afterMs, () => simulation.unsilence([device], SILENCE.noPower));
        behaviour.boot(device, afterMs);
        lineIsBack(stage, device, alarm, afterMs);
      }
    };
  }),
  flap: action(
    { onSeconds: [10, 20] as Range, offSeconds: [10, 20] as Range },
    (stage, devices, parameters) => {
      const { simulation } = stage;
      const stops = devices.map((device) => {
        let off = false;
        return again(
          stage,
          () => draw(stage, off ? parameters.offSeconds : parameters.onSeconds),
          () => {
            off = !off;
            if (off) simulation.silence([device], SILENCE.noLine);
            else simulation.unsilence([device], SILENCE.noLine);
          },
        );
      });
      return () => {
        for (const stop of stops) stop();
        simulation.unsilence(devices, SILENCE.noLine);
      };
    },
  ),
} satisfies Record<string, Action>;
