/** What happened while days passed: a comparison of what stood on the page before and what stands there now. */

import { store } from "./store.js";
import { isApp } from "./directory.js";
import { plain } from "./mrkdwn.js";
import { threadAddress } from "./messages.js";

/** Remember how things stand. */
export function snapshot() {
  return {
    clock: store.clock,
    seen: new Map(store.messages.map((message) => [`${message.channel}/${message.ts}`, sign(message)])),
    changes: store.ads?.changes?.length ?? 0,
  };
}

const sign = (message) => JSON.stringify([message.text, message.blocks]);
const MOST = 6;

/** The difference to now, in lines for people: [{mark, words, under?, address?}]. Cards that ask somebody come first. */
export function happenings(before) {
  const said = store.messages.filter(
    (message) => isApp(message.user) && before.seen.get(`${message.channel}/${message.ts}`) !== sign(message),
  );
  const isNew = (message) => !before.seen.has(`${message.channel}/${message.ts}`);
  const roots = said.filter((message) => !message.thread_ts || message.thread_ts === message.ts);
  const cards = roots.filter(asks);
  const posts = roots.filter((message) => !asks(message) && isNew(message));
  const lines = [
    ...cards.filter(isNew).map((card) => ({
      mark: "new",
      words: name(card),
      under: "New signal",
      address: threadAddress(card),
    })),
    ...changed(before),
    ...answers(said.filter((message) => isNew(message) && !roots.includes(message))),
    ...cards.filter((card) => !isNew(card)).map((card) => ({
      mark: "changed",
      words: name(card),
      under: "Updated",
      address: threadAddress(card),
    })),
    ...(
      posts.length ? [{
        mark: "post",
        words: posts.length === 1 ? name(posts[0]) : `${posts.length} other posts`,
        under: posts.length === 1 ? "" : `The last: ${name(posts.at(-1))}`,
        address: `#${posts.at(-1).channel}`,
      }] : []
    ),
  ];
  const rest = lines.length - MOST;
  return {
    from: before.clock,
    to: store.clock,
    lines: rest > 0 ? [...lines.slice(0, MOST), { mark: "more", words: `and ${rest} more` }] : lines,
  };
}

const asks = (message) => Boolean(message.blocks?.some((block) => block.type === "actions"));

function changed(before) {
  const count = (store.ads?.changes?.length ?? 0) - before.changes;
  return count > 0 ? [{
    mark: "ads",
    words: `${count} ${count === 1 ? "change" : "changes"} in the ad account`,
    address: "#ads",
  }] : [];
}

/** One line per thread that got replies. */
function answers(replies) {
  const threads = new Map();
  for (const reply of replies) threads.set(reply.thread_ts, [...(threads.get(reply.thread_ts) ?? []), reply]);
  return [...threads.values()].map((said) => {
    const root = store.messages.find(
      (message) => message.ts === said[0].thread_ts && message.channel === said[0].channel,
    );
    return {
      mark: "thread",
      words: said.length === 1 ? name(said[0]) : `${said.length} replies`,
      under: root ? `In: ${name(root)}` : "",
      address: threadAddress(said[0]),
    };
  });
}

/** A message in a few words: its header, or how its text begins. */
function name(message) {
  const header = message.blocks?.find((block) => block.type === "header")?.text?.text;
  const words = header ?? plain(message.text).split("\n")[0];
  return words.length > 90 ? `${words.slice(0, 88)}…` : words || "a message";
}
