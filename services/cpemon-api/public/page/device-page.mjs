import { ApiProblem } from './api-client.mjs';
import { createDeviceView } from './device-view.mjs';
import { byId, setText } from './element.mjs';

/** These answers are about the serial number, not about the API. */
const ANSWERS_ABOUT_DEVICE = [400, 404, 409];

/**
 * What the page of one device asks for. The pipeline and the intake are asked about too: they
 * tell whether the device's record can be believed.
 * @param {string} serialNumber
 * @returns {import('./source.mjs').View[]}
 */
export function createDevicePage(serialNumber) {
  byId('device-section').hidden = false;
  setText(byId('device-title'), serialNumber);
  const showDevice = createDeviceView();
  const notice = byId('device-notice');

  return [
    {
      path: `api/cpe/${encodeURIComponent(serialNumber)}`,
      recover(problem) {
        if (problem instanceof ApiProblem && ANSWERS_ABOUT_DEVICE.includes(problem.status))
          return { problem };
        throw problem;
      },
      show(answer, nowMs) {
        const missing = answer.problem instanceof ApiProblem;
        notice.hidden = !missing;
        byId('device-status').hidden = missing;
        byId('device-facts').hidden = missing;
        if (!missing) return showDevice(answer, nowMs);
        setText(
          notice,
          answer.problem.status === 404
            ? 'No device with this serial number has reported. If it reports, it appears here by itself.'
            : `The API cannot show this device: ${answer.problem.message}.`,
        );
      },
    },
    { path: 'v1/pipeline', show() {} },
    { path: 'v1/fleet', show() {} },
  ];
}
