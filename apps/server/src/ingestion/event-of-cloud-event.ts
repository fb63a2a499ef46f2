import { uuidOfCloudEvent, type CloudEvent } from "@gauntlet/core";

/** The event in a CloudEvent: its id and its time stand in where the data say neither. */
export function eventOfCloudEvent(event: CloudEvent): unknown {
  const { data, time } = event;
  if (typeof data !== "object" || data === null || Array.isArray(data)) return data;
  return { event_id: uuidOfCloudEvent(event), ...(time === null ? {} : { timestamp: time }), ...data };
}
