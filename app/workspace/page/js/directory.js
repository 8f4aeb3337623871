/** Who and where: names, colours and roles of people and channels. */

import { store } from "./store.js";

const ABBREVIATIONS = { cmo: "CMO", ceo: "CEO", crm: "CRM", seo: "SEO", ppc: "PPC" };

const person = (id) => store.users.find((user) => user.id === id);

/** Baton's own user id(s). */
export const isApp = (id) => Boolean(id) && (
  id === store.app?.user || id === store.app?.id || id === store.app?.bot || Boolean(person(id)?.is_bot)
);
export const appName = () => store.app?.name ?? "Baton";
export const isUser = (id) => Boolean(person(id)) || isApp(id);
export const isMe = (id) => id === store.me;
export const userName = (id) => person(id)?.name ?? (isApp(id) ? appName() : "Somebody");

/** People who can be switched to: everyone but Baton. */
export const people = () => store.users.filter((user) => !isApp(user.id));

/** "media_lead" → "media lead", "cmo" → "CMO". */
export function roleName(role) {
  return role
    .split("_")
    .map((word) => ABBREVIATIONS[word] ?? word)
    .join(" ");
}

export function rolesOf(id) {
  const roles = person(id)?.roles ?? [];
  return roles.length ? roles.map(roleName).join(", ") : "member";
}

export function initials(id) {
  const words = userName(id).split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** One of eight avatar colours, the same for a person every time. */
export function tint(id) {
  const at = people().findIndex((user) => user.id === id);
  return at < 0 ? 7 : at % 8;
}

const channel = (id) => store.channels.find((each) => each.id === id);
export const isChat = (each) => Boolean(each?.is_im) || String(each?.id).startsWith("D");

/** The other side of a direct conversation. */
export const partner = (each) => each.members?.find((id) => id !== store.me) ?? each.user ?? store.app?.user;

/** A channel's name without "#"; for a direct conversation the other person's name. */
export function channelName(id) {
  const found = channel(id);
  if (!found) return undefined;
  return isChat(found) ? userName(partner(found)) : (found.name ?? id);
}

export const placeName = (id) => (isChat(channel(id)) ? channelName(id) : `#${channelName(id) ?? "…"}`);

/** The channels this person is in (all, where membership is not told), and their direct conversations. */
export const myChannels = () => store.channels.filter((each) => !isChat(each) && each.is_member !== false);
export const myChats = () => store.channels.filter((each) => isChat(each) && (!each.members || each.members.includes(store.me)));

/** Where a file can be read. */
export function fileAddress(file) {
  const found = store.files.find((each) => each.id === file?.id);
  return found?.url ?? found?.url_private ?? file?.url ?? null;
}
export const fileTitle = (id) => store.files.find((each) => each.id === id)?.title ?? "";
