/** Where the person is, kept in the address: #C1 (channel), #C1/1700.1 (thread), #home, #ads. */

import * as api from "./api.js";
import { change, refresh, refreshAds, refreshHome, store } from "./store.js";
import { isChat, myChannels, myChats, partner, placeName } from "./directory.js";
import { firstUnread, latest } from "./conversation.js";
import { clearNotes, toast } from "./toasts.js";

/** Take the address for the place to be; an unknown or empty one leads to the first channel. */
export function arrive() {
  const [first = "", ts] = location.hash.slice(1).split("/").map(decodeURIComponent);
  if (first === "home") settleIn({ kind: "home", id: null }, null);
  else if (first === "ads" && store.demo !== false) settleIn({ kind: "ads", id: null }, null);
  else if (here().some((channel) => channel.id === first)) settleIn(
    { kind: "channel", id: first },
    ts ? { channel: first, ts } : null,
  );
  else if (here().length && store.loaded) go(favourite());
}

const here = () => [...myChannels(), ...myChats()];

/** The channel Baton writes to, or the first one. */
function favourite() {
  const written = (id) => store.messages.filter((message) => message.channel === id && !message.thread_ts).length;
  const worth = (channel) => written(channel.id) + (channel.members?.includes(store.app?.user) ? 1e6 : 0);
  return [...myChannels()].sort((one, other) => worth(other) - worth(one))[0]?.id ?? here()[0].id;
}

function settleIn(place, thread) {
  const moved = place.kind !== store.place.kind || place.id !== store.place.id;
  if (moved) delete store.marks[place.id];
  change({ place, thread });
  document.body.classList.remove("drawer-open");
  if (moved && place.kind === "home") openHome();
  if (moved && place.kind === "ads") refreshAds();
}

async function openHome() {
  try {
    await api.openHome(store.me);
  } catch (error) {
    toast(error.message, "bad");
  }
  refreshHome();
}

export function go(id) {
  const target = `#${encodeURIComponent(id)}`;
  if (location.hash === target) arrive();
  else location.hash = target;
}

export const openThread = (channel, ts) => {
  location.hash = `#${encodeURIComponent(channel)}/${ts}`;
};

export function closeThread() {
  if (store.thread) location.hash = `#${encodeURIComponent(store.thread.channel)}`;
}

/** Open the direct conversation with somebody, making it when there is none. */
export async function goChat(other) {
  const known = myChats().find((chat) => partner(chat) === other);
  if (known) return go(known.id);
  try {
    const answer = await api.openChat(store.me, other);
    await refresh();
    const id = answer?.channel?.id ?? answer?.channel ?? answer?.id ?? myChats().find(
      (chat) => partner(chat) === other,
    )?.id;
    return id ? go(id) : undefined;
  } catch (error) {
    return toast(error.message, "bad");
  }
}

/** Become another person; the place stays when it can. */
export function become(user) {
  if (user === store.me) return;
  clearNotes();
  localStorage.setItem("baton.user", user);
  const chat = isChat(store.channels.find(({ id }) => id === store.place.id));
  change({ me: user, home: null, unread: {}, marks: {} });
  if (chat) goChat(store.app?.user);
  else if (store.place.kind === "home") openHome();
  refresh();
}

/** Where the "New" line stands in this channel: set on arrival, kept until the person leaves. */
export function newSince(id) {
  if (store.loadedFor !== store.me) return null;
  if (!(id in store.marks)) store.marks[id] = store.unread[id] ? firstUnread(id, store.unread[id]) : null;
  return store.marks[id];
}

let reading = "";

/** Tell the workspace what this person has seen, once per newest message. */
export function markRead() {
  const { kind, id } = store.place;
  if (kind !== "channel" || !id || document.hidden || !store.unread[id] || store.loadedFor !== store.me) return;
  const ts = latest(id);
  const mark = `${store.me} ${id} ${ts}`;
  if (mark === reading) return;
  reading = mark;
  api.read({ user: store.me, channel: id, ts }).then(refresh, () => (reading = ""));
}

/** The window's title: unread first, then the place. */
export function title() {
  const waiting = Object.values(store.unread).reduce((sum, count) => sum + count, 0);
  const where = { home: "Baton home", ads: "Ad account" }[store.place.kind] ?? placeName(store.place.id);
  return `${waiting ? `(${waiting}) ` : ""}${where} · Baton workspace`;
}
