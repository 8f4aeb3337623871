/** Slack's mrkdwn → DOM nodes. Nothing in a message can become markup: every character ends in a text node. */

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { formatDate } from "./moment.js";
import { channelName, isMe, isUser, userName } from "./directory.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

/** What the three escapes stand for; nothing else is an escape. */
export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** The place on this page a message's permanent address means ("/archives/C1/p1700000000000100"), or null. */
export function permalink(address) {
  const url = URL.canParse(address, location.href) ? new URL(address, location.href) : null;
  const found = url?.host === location.host && /^\/archives\/([^/]+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  return found ? `#${found[1]}/${url.searchParams.get("thread_ts") ?? `${found[2]}.${found[3]}`}` : null;
}

/** A link that can only lead to a web or mail address; anything else stays text. */
export function link(address, label) {
  if (!/^(https?:|mailto:)/i.test(address)) return label;
  const own = permalink(address);
  if (own) return h("a", { href: own }, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function mention(id, fallback) {
  if (!isUser(id)) return h("span", { class: "mention" }, `@${fallback || id}`);
  return h("span", { class: isMe(id) ? "mention mention-me" : "mention" }, `@${userName(id)}`);
}

export function channelMention(id, fallback) {
  return h("a", { class: "mention", href: `#${encodeURIComponent(id)}` }, `#${channelName(id) ?? fallback ?? id}`);
}

export function date(seconds, format, fallback, address) {
  const text = Number.isFinite(seconds) ? formatDate(seconds, format) : fallback;
  const node = h("time", { title: fallback }, text);
  return address ? link(address, node) : node;
}

/** Blocks of text: code fences, quotes, lists, paragraphs. */
export function mrkdwn(text) {
  return String(text ?? "")
    .split(/```\n?([\s\S]*?)\n?```/)
    .flatMap((part, at) => {
      if (at % 2) return h("pre", {}, h("code", {}, unescape(flatten(part))));
      return part.trim() ? paragraphs(part) : [];
    });
}

/** One line's worth of nodes, for places that cannot hold blocks. */
export function inline(text) {
  return spans(String(text ?? ""));
}

/** The text alone: for labels, titles and what screen readers hear. */
export function plain(text) {
  const holder = document.createElement("div");
  holder.append(...mrkdwn(text));
  return holder.textContent.trim();
}

const KINDS = [
  { kind: "quote", match: /^(?:&gt;|>) ?(.*)$/ },
  { kind: "ul", match: /^\s*[•◦▪‣-] +(.+)$/ },
  { kind: "ol", match: /^\s*\d{1,3}[.)] +(.+)$/ },
];

function paragraphs(text) {
  const groups = [];
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const found = KINDS.find(({ match }) => match.test(line));
    const kind = found?.kind ?? (line.trim() ? "p" : "gap");
    const body = found ? line.match(found.match)[1] : line;
    if (groups.at(-1)?.kind === kind) groups.at(-1).lines.push({ body, line });
    else groups.push({ kind, lines: [{ body, line }] });
  }
  return groups.map(({ kind, lines }) => {
    const rows = lines.map(({ body }) => spans(body));
    if (kind === "gap") return h("div", { class: "gap" });
    if (kind === "ul") return h("ul", {}, rows.map((row) => h("li", {}, row)));
    if (kind === "ol") return h(
      "ol",
      { start: Number.parseInt(lines[0].line.trim(), 10) },
      rows.map((row) => h("li", {}, row)),
    );
    const broken = rows.flatMap((row, at) => (at ? [h("br"), ...row] : row));
    return h(kind === "quote" ? "blockquote" : "p", {}, broken);
  });
}

const flatten = (text) => text.replace(/<([^>|]+)(?:\|([^>]*))?>/g, (whole, target, label) => label ?? target);

function spans(text) {
  const nodes = [];
  let plainText = "";
  const flush = () => {
    if (plainText) nodes.push(unescape(plainText));
    plainText = "";
  };
  for (let at = 0; at < text.length; ) {
    const found = entity(text, at) ?? code(text, at) ?? styled(text, at) ?? shortcode(text, at) ?? bare(text, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plainText += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function entity(text, at) {
  if (text[at] !== "<") return null;
  const close = text.indexOf(">", at);
  if (close < 0) return null;
  const inside = text.slice(at + 1, close);
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  return { node: reference(target, label), end: close + 1 };
}

function reference(target, label) {
  if (target.startsWith("@")) return mention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label || undefined);
  if (target.startsWith("!date^")) {
    const [, seconds, format, address] = target.split("^");
    return date(Number(seconds), format ?? "", label, address);
  }
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label || "@group");
  if (target.startsWith("!")) return h("span", { class: "mention mention-me" }, `@${target.slice(1).split("^")[0]}`);
  return link(unescape(target), label || unescape(target).replace(/^mailto:/, ""));
}

function code(text, at) {
  if (text[at] !== "`") return null;
  const close = text.indexOf("`", at + 1);
  if (close <= at + 1) return null;
  return { node: h("code", {}, unescape(flatten(text.slice(at + 1, close)))), end: close + 1 };
}

function styled(text, at) {
  const mark = text[at];
  const tag = MARKS[mark];
  if (
    !tag || (at > 0 && WORD.test(text[at - 1])) || !text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === mark
  ) return null;
  for (let close = text.indexOf(mark, at + 2); close > 0; close = text.indexOf(mark, close + 1)) {
    const after = text[close + 1];
    if (/\s/.test(text[close - 1]) || (after && WORD.test(after))) continue;
    return { node: h(tag, {}, spans(text.slice(at + 1, close))), end: close + 1 };
  }
  return null;
}

function shortcode(text, at) {
  if (text[at] !== ":") return null;
  const found = /^:([a-z0-9_+-]+):/.exec(text.slice(at, at + 48));
  const sign = found && emoji(found[1]);
  return sign ? {
    node: h("span", { class: "emoji", role: "img", "aria-label": found[1].replaceAll("_", " ") }, sign),
    end: at + found[0].length,
  } : null;
}

function bare(text, at) {
  if (text[at] !== "h" || (at > 0 && WORD.test(text[at - 1]))) return null;
  const found = /^https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]]/.exec(text.slice(at));
  return found ? { node: link(unescape(found[0]), unescape(found[0])), end: at + found[0].length } : null;
}
