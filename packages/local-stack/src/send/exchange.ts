import type { Answer } from './connection.js';

/** One request and what came back, for people and for --json. */
export interface Exchange {
  /** The file, or what was sent in place of one. */
  sent: string;
  status: number;
  /** Stable code of a refusal, `fault_NNNN` of a SOAP Fault, else empty. */
  code: string;
  /** What the answer is, in a few words. */
  answer: string;
  is_refused: boolean;
  /** The answer whole. */
  body: string;
}

const SHOWN_CHARACTERS = 160;

/** Reads an answer: a problem (RFC 9457), a SOAP Fault, the method of an envelope, or text. */
export function exchangeOf(sent: string, { status, body }: Answer): Exchange {
  const isError = status < 200 || status >= 300;
  const fault = /<(?:[\w-]+:)?FaultCode>\s*([^<\s]*)\s*</.exec(body)?.[1];
  const faultText = /<(?:[\w-]+:)?FaultString>([^<]*)</.exec(body)?.[1] ?? '';
  if (fault !== undefined) {
    const answer = `Fault ${fault}: ${faultText}`;
    return { sent, status, code: `fault_${fault}`, answer, is_refused: true, body };
  }
  const problem = readProblem(body);
  if (isError && problem !== undefined) {
    return { sent, status, code: problem.code, answer: problem.detail, is_refused: true, body };
  }
  const method = /<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?([A-Za-z]+)/.exec(body)?.[1];
  const answer = method ?? body.slice(0, SHOWN_CHARACTERS);
  // A batch is answered 202 although events of it were refused.
  const hasRejected = /"rejected":\s*\[\s*\{/.test(body);
  return {
    sent,
    status,
    code: isError ? `http_${status}` : '',
    answer,
    is_refused: isError || hasRejected,
    body,
  };
}

function readProblem(body: string): { code: string; detail: string } | undefined {
  try {
    const { code, detail = '' } = JSON.parse(body) as { code?: unknown; detail?: unknown };
    return typeof code === 'string' ? { code, detail: String(detail) } : undefined;
  } catch {
    return undefined;
  }
}

/** One line: what was sent, the status, the code, what came back. */
export const exchangeLine = ({ sent, status, code, answer }: Exchange): string =>
  [sent.padEnd(28), String(status), code, answer].filter((part) => part !== '').join('  ');
