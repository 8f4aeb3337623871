/** rich_text blocks → DOM nodes. */

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, date, link, mention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

/** The parts of a rich_text block. */
export function richText(block) {
  return (block?.elements ?? []).map(part);
}

function part(element) {
  switch (element.type) {
    case "rich_text_section":
      return h("p", {}, leaves(element));
    case "rich_text_preformatted":
      return h("pre", {}, h("code", {}, leaves(element)));
    case "rich_text_quote":
      return h("blockquote", {}, leaves(element));
    case "rich_text_list":
      return h(
        element.style === "ordered" ? "ol" : "ul",
        {
          class: `indent-${Math.min(element.indent ?? 0, 6)}`,
          start: element.style === "ordered" ? (element.offset ?? 0) + 1 : undefined,
        },
        (element.elements ?? []).map((item) => h("li", {}, leaves(item))),
      );
    default:
      return h("p", {}, leaves(element));
  }
}

const leaves = (element) => (element.elements ?? []).map(leaf);

function leaf(element) {
  const styled = (node) => Object.entries(STYLES).reduce(
    (inner, [name, tag]) => (element.style?.[name] ? h(tag, {}, inner) : inner),
    node,
  );
  switch (element.type) {
    case "text":
      return styled(broken(element.text ?? ""));
    case "link":
      return styled(link(element.url ?? "", element.text || element.url || ""));
    case "user":
      return mention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "usergroup":
      return h("span", { class: "mention" }, "@group");
    case "team":
      return h("span", { class: "mention" }, "@team");
    case "broadcast":
      return h("span", { class: "mention mention-me" }, `@${element.range}`);
    case "emoji":
      return h(
        "span",
        { class: "emoji", role: "img", "aria-label": element.name },
        emoji(element.name) ?? `:${element.name}:`,
      );
    case "date":
      return styled(date(element.timestamp, element.format ?? "{date}", element.fallback ?? "", element.url));
    case "color":
      return h("span", { class: "swatch" }, h("i", { style: { background: element.value } }), element.value);
    default:
      return element.text ?? "";
  }
}

function broken(text) {
  return h("span", {}, text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line])));
}
