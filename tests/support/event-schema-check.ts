import { EVENT_SCHEMAS, compileSchema, type JsonSchema } from '@cpemon/contracts';
import type { CpeEvent } from '@cpemon/domain';

const checks = new Map(
  Object.entries(EVENT_SCHEMAS).map(([type, schema]) => [type, compileSchema(closed(schema))]),
);

/**
 * The schema without room for members that it does not name: readers pass over those, but what we write ourselves is
 * all written down. An object of which no member is named stays open.
 */
function closed(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: closed(additionalProperties) }
      : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [name, closed(each)]),
          ),
          additionalProperties: false,
        }),
  };
}

/** What of an event is not as its schema says; empty when it is right. */
export function wrongBySchema(event: CpeEvent): string[] {
  const check = checks.get(event.type);
  if (check === undefined) return [`there is no schema of ${event.type}`];
  // As it lies in the log: what is undefined is not there.
  if (check(JSON.parse(JSON.stringify(event)))) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
