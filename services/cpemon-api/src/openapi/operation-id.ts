const VERBS: Readonly<Record<string, string>> = { get: 'get', post: 'post', put: 'put', delete: 'delete' };

/** The name of an operation: `getDevicesByIdEvents` of `GET /v1/devices/:id/events`. */
export function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/v1(?=\/)/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (part.startsWith(':') ? `by-${part.slice(1)}` : part));
  if (words.length === 0) return `${VERBS[method] ?? method}Page`;
  return `${VERBS[method] ?? method}${words
    .flatMap((part) => part.split(/[^A-Za-z0-9]+/))
    .filter((word) => word !== '')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')}`;
}
