/**
 * What pages of PPMessage say, in our words: `_ppmatc.push({track_event: …})`, `_ppmatc.push({ent_user: …})` and the named
 * customer in `ppSettings`. Nobody vouches for what they say of the customer, so that is profile, not identity.
 */

import { isFields, isName } from "./commands";
import type { Command, Fields } from "./commands";

const PROFILE: Readonly<Record<string, string>> = {
  ent_user_id: "ent_user_id",
  ent_user_name: "user_fullname",
  ent_user_email: "user_email",
  ent_user_icon: "user_icon",
  ent_user_mobile: "user_mobile",
  ent_user_phone: "user_phone",
  ent_user_qq: "user_qq",
  ent_user_wechat: "user_wechat",
  ent_user_create_time: "user_created_at",
  ent_user_createtime: "user_created_at",
};

/** One entry of the queue; null when it makes no sense. */
export function parseMatter(entry: unknown): Command | null {
  if (!isObject(entry)) return null;
  if (isObject(entry["ent_user"])) return parseUser(entry["ent_user"]);
  const event = entry["track_event"];
  if (!isObject(event)) return null;
  const { event_name, event_uuid, event_data, event_timestamp } = event;
  if (!isName(event_name)) return null;
  return {
    name: "track",
    event: event_name,
    data: event_data ?? null,
    ...(typeof event_uuid === "string" && { uuid: event_uuid.trim().slice(0, 64) }),
    // Seconds, where JavaScript counts in milliseconds.
    ...(typeof event_timestamp === "number" && { at: event_timestamp * 1000 }),
  };
}

/** The named customer of `ppSettings`; null when it names none. What is null there is not known. */
export function parseUser(settings: unknown): Command | null {
  const said = Object.entries(isObject(settings) ? settings : {}).flatMap(([name, value]) => {
    const field = PROFILE[name];
    return field && value !== null && value !== "" ? [[field, value]] : [];
  });
  const fields: Fields | object = Object.fromEntries(said);
  return said.length && isFields(fields) ? { name: "set", fields } : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
