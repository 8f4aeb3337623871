/** Messages: one row each, with day lines, the "New" line, and the door to the thread. */

import { h } from "./dom.js";
import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { appName, isApp, userName } from "./directory.js";
import { icon } from "./icons.js";
import { ago, dayKey, dayName, dayWords, fullTime, time } from "./moment.js";
import { mrkdwn } from "./mrkdwn.js";
import { store } from "./store.js";

const CLOSE = 300;

/** Rows for reconcile(): day lines, at most one "New" line, messages. `summaries` are the replies per message. */
export function rows(messages, { summaries, mark, inThread } = {}) {
  const out = [];
  const said = messages.length - 1;
  let before = null;
  for (const message of messages) {
    const day = dayOf(message);
    if (before ? dayOf(before) !== day : !inThread) out.push({
      kind: "day",
      key: `day-${message.ts}`,
      words: message.day ? dayWords(message.day) : dayName(message.ts),
    });
    const fresh = Boolean(mark) && message.ts === mark;
    if (fresh) out.push({ kind: "new", key: "new", words: "New" });
    const compact = !fresh && goesOn(before, message);
    out.push({
      kind: "message",
      key: `${message.ephemeral ? "e" : "m"}-${message.ts}`,
      message,
      compact,
      summary: summaries?.get(message.ts),
      inThread,
    });
    if (inThread && !before && said && message.ts === inThread) out.push({
      kind: "count",
      key: "count",
      words: `${said} ${said === 1 ? "reply" : "replies"}`,
    });
    before = message;
  }
  return out;
}

/** Whether a message continues the one before it: the same voice, soon after. */
const goesOn = (before, message) =>
  before?.user === message.user &&
  dayOf(before) === dayOf(message) &&
  !before.ephemeral === !message.ephemeral &&
  Number(message.ts) - Number(before.ts) < CLOSE &&
  !hasHeader(message);

const dayOf = (message) => message.day ?? dayKey(message.ts);
const hasHeader = (message) => message.blocks?.[0]?.type === "header";

/** A text that differs when the row would look different. */
export function rowSign(row) {
  if (row.kind !== "message") return row.words;
  const { message, compact, summary } = row;
  return JSON.stringify([
    message,
    compact,
    summary,
    userName(message.user),
    store.files.length,
    store.users.length,
    store.me,
  ]);
}

export function drawRow(row) {
  if (row.kind === "day") return h("li", { class: "line line-day" }, h("span", {}, row.words));
  if (row.kind === "count") return h("li", { class: "line line-count" }, h("span", {}, row.words));
  if (row.kind === "new") return h("li", { class: "line line-new" }, h("span", {}, row.words));
  return drawMessage(row);
}

const edited = (message) => (
  message.edited ? h(
    "span",
    { class: "edited", title: message.edited.ts ? `Edited ${fullTime(message.edited.ts)}` : undefined },
    "(edited)",
  ) : null
);

function drawMessage({ message, compact, summary, inThread }) {
  const name = userName(message.user);
  const where = { channel: message.channel, ts: message.ts };
  const stamp = h(
    "time",
    { class: "stamp", title: fullTime(message.ts), datetime: new Date(Number(message.ts) * 1000).toISOString() },
    time(message.ts),
  );
  const body = message.blocks?.length
    ? h("div", { class: hasHeader(message) ? "blocks card" : "blocks" }, blocks(message.blocks, where))
    : h("div", { class: "text" }, mrkdwn(message.text), edited(message));
  return h(
    "li",
    {
      class: `message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`,
      tabindex: -1,
      "aria-busy": message.streaming ? "true" : null,
      "aria-label": `${name}, ${time(message.ts)}`,
      data: { ts: message.ts },
    },
    compact ? h("div", { class: "gutter" }, stamp) : h("div", { class: "gutter" }, avatar(message.user)),
    h(
      "div",
      { class: "body" },
      message.ephemeral ? h("p", { class: "only-you" }, icon("eye", 16), "Only visible to you") : null,
      compact ? null : h(
        "div",
        { class: "byline" },
        h("span", { class: "author" }, name),
        isApp(message.user) ? h("span", { class: "badge-app" }, "APP") : null,
        stamp,
        message.blocks?.length ? edited(message) : null,
      ),
      body,
      message.streaming ? h(
        "p",
        { class: "writing" },
        h("span", { "aria-hidden": "true" }, "● ● ●"),
        h("span", { class: "unseen" }, "More is being written"),
      ) : null,
      attachments(message),
      summary && !inThread ? replies(message, summary) : null,
    ),
    inThread || message.ephemeral ? null : h(
      "div",
      { class: "tools" },
      h(
        "a",
        { class: "ghost", href: threadAddress(message), "aria-label": "Reply in thread", title: "Reply in thread (T)" },
        icon("thread", 18),
      ),
    ),
  );
}

/** Files that came with a message and are not shown by one of its blocks. */
function attachments(message) {
  const shown = JSON.stringify(message.blocks ?? []);
  const images = (message.files ?? []).filter((file) => !shown.includes(file.id) && /^image\//.test(file.mimetype ?? "image/"));
  if (!images.length) return null;
  return h(
    "div",
    { class: "blocks" },
    blocks(
      images.map((file) => ({
        type: "image",
        slack_file: { id: file.id, url: file.url_private },
        alt_text: file.alt_txt || file.title || "Image",
        title: { text: file.title ?? "" },
      })),
      {},
    ),
  );
}

export const threadAddress = (message) => `#${encodeURIComponent(message.channel)}/${message.thread_ts ?? message.ts}`;

function replies(message, summary) {
  return h(
    "a",
    { class: "replies", href: threadAddress(message) },
    h("span", { class: "replies-who" }, summary.users.map((user) => avatar(user, "tiny"))),
    h("span", { class: "replies-count" }, `${summary.count} ${summary.count === 1 ? "reply" : "replies"}`),
    h("span", { class: "replies-last" }, `last reply ${ago(summary.last)}`),
  );
}

/** What Baton says it is doing in this place, or in any thread of a channel: "Baton is reading the evidence…". */
export function statusWords(channel, thread) {
  const mine = (key) => (thread ? key === `${channel}/${thread}` : key.startsWith(`${channel}/`));
  const [, status] = [...store.statuses].find(([key]) => mine(key)) ?? [];
  return status ? `${appName()} ${status}` : "";
}
