/** The markdown block: ordinary Markdown → DOM nodes, with Slack's mentions allowed inside. */

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, link, mention } from "./mrkdwn.js";

const SIGNS = { amp: "&", lt: "<", gt: ">" };
const INLINE = [
  { match: /^&(amp|lt|gt);/, node: (found) => SIGNS[found[1]] },
  { match: /^\\([\\`*_{}[\]()#+\-.!|~>=])/, node: (found) => found[1] },
  { match: /^(`+)([\s\S]*?[^`])\1(?!`)/, node: (found) => h("code", {}, found[2].trim()) },
  {
    match: /^!?\[((?:[^[\]]|\[[^[\]]*\])*)\]\((\S+?)(?:\s+"[^"]*")?\)/,
    node: (found) => link(found[2], spans(found[1])),
  },
  { match: /^\*\*(?=\S)([\s\S]*?\S)\*\*(?!\*)/, node: (found) => h("strong", {}, spans(found[1])) },
  { match: /^__(?=\S)([\s\S]*?\S)__(?!\w)/, node: (found) => h("strong", {}, spans(found[1])) },
  { match: /^\*(?=[^\s*])([\s\S]*?[^\s*])\*(?!\*)/, node: (found) => h("em", {}, spans(found[1])) },
  { match: /^_(?=[^\s_])([\s\S]*?[^\s_])_(?!\w)/, node: (found) => h("em", {}, spans(found[1])) },
  { match: /^~~(?=\S)([\s\S]*?\S)~~/, node: (found) => h("s", {}, spans(found[1])) },
  { match: /^<@([A-Z0-9]+)(?:\|([^>]*))?>/, node: (found) => mention(found[1], found[2]) },
  { match: /^<#([A-Z0-9]+)(?:\|([^>]*))?>/, node: (found) => channelMention(found[1], found[2]) },
  { match: /^<(https?:\/\/[^>|\s]+)(?:\|([^>]*))?>/, node: (found) => link(found[1], found[2] || found[1]) },
  { match: /^https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]]/, node: (found) => link(found[0], found[0]) },
  { match: /^:([a-z0-9_+-]+):/, node: (found) => emoji(found[1]) ?? found[0] },
  { match: /^ {2,}\n|^\n/, node: () => h("br") },
];

function spans(text) {
  const nodes = [];
  let rest = text;
  let before = "";
  let words = "";
  while (rest) {
    const midWord = /\w$/.test(before);
    const rule = INLINE.find(({ match }) => match.test(rest) && !(midWord && /^[_h]/.test(rest)));
    if (rule) {
      const found = rule.match.exec(rest);
      if (words) nodes.push(words);
      words = "";
      nodes.push(rule.node(found));
      before = found[0].at(-1);
      rest = rest.slice(found[0].length);
    } else {
      words += rest[0];
      before = rest[0];
      rest = rest.slice(1);
    }
  }
  if (words) nodes.push(words);
  return nodes;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
const LIST = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;

/** Markdown text as a list of elements. */
export function markdown(text) {
  const lines = String(text ?? "").replaceAll("\r", "").split("\n");
  const nodes = [];
  while (lines.length) {
    const line = lines[0];
    const fence = /^(```|~~~)/.exec(line);
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (!line.trim()) lines.shift();
    else if (fence) nodes.push(fenced(lines, fence[1]));
    else if (heading) nodes.push(lines.shift() && h(
      "div",
      { class: `md-h md-h${heading[1].length}`, role: "heading", "aria-level": Math.min(heading[1].length + 3, 6) },
      spans(heading[2]),
    ));
    else if (/^ {0,3}([-*_])\s*(\1\s*){2,}$/.test(line)) nodes.push(lines.shift() && h("hr"));
    else if (/^\s*>/.test(line)) nodes.push(h(
      "blockquote",
      {},
      markdown(take(lines, (each) => /^\s*>/.test(each)).map((each) => each.replace(/^\s*> ?/, "")).join("\n")),
    ));
    else if (LIST.test(line)) nodes.push(list(lines));
    else if (line.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[1] ?? "")) nodes.push(table(lines));
    else nodes.push(h(
      "p",
      {},
      spans(
        take(
          lines,
          (each, at) => each.trim() && (at === 0 || !/^(#{1,6}\s|```|~~~|\s*>)/.test(each)) && (at === 0 || !LIST.test(each)),
        ).join("\n"),
      ),
    ));
  }
  return nodes;
}

function take(lines, wanted) {
  const taken = [];
  while (lines.length && wanted(lines[0], taken.length)) taken.push(lines.shift());
  return taken;
}

function fenced(lines, mark) {
  lines.shift();
  const body = take(lines, (line) => !line.startsWith(mark));
  lines.shift();
  return h("pre", {}, h("code", {}, body.join("\n")));
}

function list(lines) {
  const [, indent, mark] = LIST.exec(lines[0]);
  const depth = indent.length;
  const items = [];
  while (lines.length) {
    const found = LIST.exec(lines[0]);
    if (
      found && found[1].length <= depth + 1 && found[1].length >= depth
    ) items.push({ body: [found[3]], under: [] }) && lines.shift();
    else if (found && found[1].length > depth) items.at(-1).under.push(list(lines));
    else if (!found && lines[0].trim() && /^\s/.test(lines[0])) items.at(-1).body.push(lines.shift().trim());
    else break;
  }
  const rows = items.map(({ body, under }) => h(
    "li",
    {},
    spans(body.join("\n").replace(/^\[ \] /, "☐ ").replace(/^\[[xX]\] /, "☑ ")),
    under,
  ));
  return /\d/.test(mark) ? h("ol", { start: Number.parseInt(mark, 10) }, rows) : h("ul", {}, rows);
}

function table(lines) {
  const head = cells(lines.shift());
  const sides = cells(lines.shift()).map((rule) => (
    rule.endsWith(":") ? (rule.startsWith(":") ? "center" : "right") : "left"
  ));
  const rows = take(lines, (line) => line.includes("|")).map(cells);
  const row = (tag) => (texts) => h(
    "tr",
    {},
    head.map((name, at) => h(tag, { class: `at-${sides[at] ?? "left"}` }, spans(texts[at] ?? ""))),
  );
  return h(
    "div",
    { class: "table-frame", tabindex: 0, role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, row("th")(head)), h("tbody", {}, rows.map(row("td")))),
  );
}
