/** What happened while days passed: a comparison of what stood on the page before and what stands there now. */

import { store } from "./store.js";
import { isApp } from "./directory.js";
import { plain } from "./mrkdwn.js";
import { threadAddress } from "./messages.js";

/** Remember how things stand. */
export function snapshot() {
  return { clock: store.clock, seen: new Map(store.messages.map((message) => [`${message.channel}/${message.ts}`, sign(message)])), changes: store.ads?.changes?.length ?? 0 };
}

const sign = (message) => JSON.stringify([message.text, message.blocks]);
const MOST = 6;

/** The difference to now, in lines for people: [{mark, words, under?, address?}]. */
export function happenings(before) {
  const lines = [];
  const replies = new Map();
  for (const message of store.messages) {
    const old = before.seen.get(`${message.channel}/${message.ts}`);
    const root = !message.thread_ts || message.thread_ts === message.ts;
    if (!isApp(message.user) || old === sign(message)) continue;
    if (root) lines.push({ mark: old ? "changed" : "new", words: name(message), under: old ? "updated" : "new", address: threadAddress(message) });
    else if (!old) replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
  }
  for (const [ts, said] of replies) {
    const root = store.messages.find((message) => message.ts === ts && message.channel === said[0].channel);
    lines.push({ mark: "thread", words: said.length === 1 ? name(said[0]) : `${said.length} replies`, under: root ? name(root) : "", address: threadAddress(said[0]) });
  }
  const changed = (store.ads?.changes?.length ?? 0) - before.changes;
  if (changed > 0) lines.push({ mark: "ads", words: `${changed} ${changed === 1 ? "change" : "changes"} in the ad account`, address: "#ads" });
  const order = { new: 0, ads: 1, thread: 2, changed: 3 };
  lines.sort((one, other) => order[one.mark] - order[other.mark]);
  const rest = lines.length - MOST;
  return { from: before.clock, to: store.clock, lines: rest > 0 ? [...lines.slice(0, MOST), { mark: "more", words: `and ${rest} more` }] : lines };
}

/** A message in a few words: its header, or how its text begins. */
function name(message) {
  const header = message.blocks?.find((block) => block.type === "header")?.text?.text;
  const words = header ?? plain(message.text).split("\n")[0];
  return words.length > 90 ? `${words.slice(0, 88)}…` : words || "a message";
}
