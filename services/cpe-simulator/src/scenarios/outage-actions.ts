import { SILENCE } from '../fleet.js';
import type { Access } from '../models/model-file.js';
import { action, again, draw, type Action, type Range } from './action.js';

/** How long boxes take until they report again once the power is back, seconds. */
const RETURN_SECONDS: Record<Access, Range> = {
  fibre: [60, 180],
  dsl: [120, 300],
  cable: [120, 600],
  lte: [40, 120],
  ethernet: [30, 90],
};

/** What makes devices fall silent. */
export const OUTAGE_ACTIONS = {
  'lose-power': action({ neverShare: 0.02, faster: 1 }, (stage, devices, { neverShare, faster }) => {
    const { fleet, simulation, behaviour, random } = stage;
    const dark = devices.filter((device) => !fleet.placeOf(device).hasBattery);
    simulation.silence(dark, SILENCE.noPower);
    return () => {
      for (const device of dark) {
        if (random() < neverShare) continue;
        const afterMs = draw(stage, RETURN_SECONDS[fleet.modelOf(device).access]) / faster;
        simulation.later(afterMs, () => simulation.unsilence([device], SILENCE.noPower));
        behaviour.boot(device, afterMs);
      }
    };
  }),
  'lose-line': action({ returnSeconds: [1, 30] as Range }, (stage, devices, { returnSeconds }) => {
    stage.simulation.silence(devices, SILENCE.noLine);
    return () => {
      for (const device of devices) {
        stage.simulation.later(draw(stage, returnSeconds), () =>
          stage.simulation.unsilence([device], SILENCE.noLine),
        );
      }
    };
  }),
  'switch-off': action({ withinSeconds: [0, 20] as Range }, (stage, devices, { withinSeconds }) => {
    const { simulation, behaviour } = stage;
    let on = false;
    for (const device of devices) {
      simulation.later(draw(stage, withinSeconds), () => {
        if (!on) simulation.silence([device], SILENCE.noPower);
      });
    }
    return () => {
      on = true;
      for (const device of devices) {
        const afterMs = draw(stage, withinSeconds);
        simulation.later(afterMs, () => simulation.unsilence([device], SILENCE.noPower));
        behaviour.boot(device, afterMs);
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
