/** Messages as conversations: what stands in a channel, what in a thread, for the person looking. */

import { store } from "./store.js";
import { isApp, people } from "./directory.js";

const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
const inOrder = (one, other) => Number(one.ts) - Number(other.ts);

const mine = (channel) =>
  store.ephemerals.filter((each) => each.channel === channel && (each.to ?? each.user) === store.me).map((each) => ({
    ...each,
    ephemeral: true,
    user: each.to ? each.user : store.app?.user,
  }));

/** What the channel itself shows, oldest first. */
export function inChannel(channel) {
  const shown = store.messages.filter((message) => message.channel === channel && (
    !isReply(message) || message.reply_broadcast
  ));
  return [...shown, ...mine(channel).filter((each) => !each.thread_ts)].sort(inOrder);
}

/** The first message of a thread and its replies. */
export function inThread(channel, ts) {
  const here = store.messages.filter((message) => message.channel === channel);
  const replies = here.filter((message) => message.thread_ts === ts && message.ts !== ts);
  const own = mine(channel).filter((each) => each.thread_ts === ts);
  return { root: here.find((message) => message.ts === ts), replies: [...replies, ...own].sort(inOrder) };
}

/** Per root message: how many replies, by whom (at most four), and the last one's time. */
export function replySummaries(channel) {
  const summaries = new Map();
  for (const message of store.messages) {
    if (message.channel !== channel || !isReply(message)) continue;
    const summary = summaries.get(message.thread_ts) ?? { count: 0, users: [], last: message.ts };
    summary.count += 1;
    if (!summary.users.includes(message.user) && summary.users.length < 4) summary.users.push(message.user);
    if (Number(message.ts) > Number(summary.last)) summary.last = message.ts;
    summaries.set(message.thread_ts, summary);
  }
  return summaries;
}

/** The newest message of a channel, replies included: what "read" means. */
export function latest(channel) {
  let newest = "0";
  for (const message of store.messages) if (
    message.channel === channel && Number(message.ts) > Number(newest)
  ) newest = message.ts;
  return newest;
}

/** The first of the last `count` messages that others wrote: where the "New" line goes. */
export function firstUnread(channel, count) {
  const others = store.messages.filter(
    (message) => message.channel === channel && message.user !== store.me && !isReply(message),
  ).sort(inOrder);
  return others.at(-count)?.ts ?? null;
}

/** The first person a card calls by name: its owner. */
export function calledOwner(card) {
  const ids = [...JSON.stringify(card?.blocks ?? []).matchAll(
    /<@([A-Z0-9]+)|"user_id":"([A-Z0-9]+)"/g,
  )].map((found) => found[1] ?? found[2]);
  return ids.find((id) => people().some((user) => user.id === id));
}

/** The first card Baton posted that still has buttons. */
export function openCard() {
  const roots = store.messages.filter((message) => isApp(message.user) && !isReply(message));
  return roots.find((message) => message.blocks?.some((block) => block.type === "actions"));
}
