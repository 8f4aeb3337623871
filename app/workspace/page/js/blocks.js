/** Block Kit → DOM nodes, for messages, App Home and modals alike. */

import { h } from "./dom.js";
import { chart } from "./charts.js";
import { emojify } from "./emoji.js";
import { element } from "./elements.js";
import { fileAddress, fileTitle } from "./directory.js";
import { lightbox, openDialog, titleBar } from "./dialog.js";
import { icon } from "./icons.js";
import { inline, link, mrkdwn } from "./mrkdwn.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";

/** Nodes for all blocks. `where` is the surface pressed on; `input(block)` draws input blocks where there are any. */
export function blocks(list, where, input) {
  return (list ?? []).map((block) => {
    const node = draw(block, where, input);
    if (node && block.block_id) node.dataset.block = block.block_id;
    return node;
  });
}

const words = (text) => emojify(text?.text ?? "");
const textOf = (text, tag = "div") => (
  text?.type === "mrkdwn" ? h(tag, { class: "text" }, mrkdwn(text.text)) : h(tag, { class: "text plain" }, words(text))
);

function draw(block, where, input) {
  const id = block.block_id;
  switch (block.type) {
    case "header":
      return h("div", { class: "b-header", role: "heading", "aria-level": 3 }, words(block.text));
    case "section":
      return section(block, where);
    case "context":
      return h(
        "div",
        { class: "b-context" },
        (block.elements ?? []).map((each) => (each.type === "image" ? picture(each, "b-context-image") : h(
          "span",
          { class: "text" },
          each.type === "mrkdwn" ? inline(each.text) : words(each),
        ))),
      );
    case "divider":
      return h("hr", { class: "b-divider" });
    case "actions":
      return h("div", { class: "b-actions pressable" }, (block.elements ?? []).map((each) => element(each, id, where)));
    case "context_actions":
      return h(
        "div",
        { class: "b-context-actions pressable" },
        (block.elements ?? []).map((each) => element(each, id, where)),
      );
    case "image":
      return figure(block);
    case "table":
    case "data_table":
      return table(block);
    case "rich_text":
      return h("div", { class: "b-rich text" }, richText(block));
    case "markdown":
      return h("div", { class: "b-markdown text" }, markdown(block.text));
    case "input":
      return input ? input(block) : null;
    case "data_visualization":
      return chart(block);
    case "plan":
      return h(
        "div",
        { class: "b-plan" },
        h("strong", {}, typeof block.title === "string" ? emojify(block.title) : words(block.title)),
        h("ul", { class: "tasks" }, (block.tasks ?? []).map(task)),
      );
    case "task_card":
      return h("ul", { class: "tasks" }, task(block));
    case "card":
      return card(block, where);
    case "carousel":
      return h(
        "div",
        { class: "b-carousel", tabindex: 0, role: "group", "aria-label": "Cards" },
        (block.elements ?? block.cards ?? []).map((each) => card(each, where)),
      );
    case "alert":
      return h(
        "div",
        { class: `b-alert b-alert-${/^[a-z]+$/.test(block.level ?? "") ? block.level : "info"}`, role: "note" },
        textOf(block.text),
      );
    case "container":
      return h("div", { class: "b-container" }, blocks(block.blocks ?? block.elements, where, input));
    default:
      return h("p", { class: "unknown" }, `(a block of type “${block.type}” cannot be shown here)`);
  }
}

function section(block, where) {
  const accessory = block.accessory?.type === "image" ? picture(block.accessory, "b-thumb") : block.accessory && h(
    "div",
    { class: "b-accessory" },
    element(block.accessory, block.block_id, where),
  );
  const body = h(
    "div",
    { class: "b-section-body" },
    block.text ? textOf(block.text) : null,
    block.fields?.length ? h(
      "div",
      { class: `b-fields${block.fields.length % 3 ? "" : " b-fields-three"}` },
      block.fields.map((each) => textOf(each)),
    ) : null,
  );
  return h("div", { class: accessory ? "b-section pressable with-accessory" : "b-section pressable" }, body, accessory);
}

/** An image's address when it is ours to show: files of this workspace, by id or by address. */
function imageAddress(block) {
  const address = block.slack_file ? fileAddress(block.slack_file) : block.image_url;
  if (!address) return null;
  const url = new URL(address, location.href);
  if (url.pathname.startsWith("/files/")) return url.pathname + url.search;
  return url.origin === location.origin ? url.href : null;
}

function picture(block, className) {
  const address = imageAddress(block);
  return address ? h(
    "img",
    { class: className, src: address, alt: block.alt_text ?? "", loading: "lazy" },
  ) : h("span", { class: "unknown" }, `(${block.alt_text ?? "image"})`);
}

function figure(block) {
  const address = imageAddress(block);
  const alt = block.alt_text ?? "";
  const title = words(block.title) || (block.slack_file ? fileTitle(block.slack_file.id) : "");
  if (!address) return h(
    "p",
    { class: "unknown" },
    block.image_url ? [
      "Image on another site: ",
      link(block.image_url, alt || block.image_url),
    ] : `(image not available: ${alt})`,
  );
  return h(
    "figure",
    { class: "b-image" },
    title ? h("figcaption", {}, title) : null,
    h(
      "button",
      {
        class: "b-image-button",
        type: "button",
        "aria-label": `Enlarge: ${alt || title}`,
        onclick: () => lightbox(address, title || alt),
      },
      h("img", { src: address, alt, loading: "lazy" }),
    ),
  );
}

/** Letters a cell may have and still stand on one line where its column wraps: numbers take no room they do not need. */
const SHORT = 12;

function table(block) {
  const settings = block.column_settings ?? [];
  const side = (at, cell) => settings[at]?.align ?? (cell.type === "raw_number" ? "right" : "left");
  const content = (cell) => (cell.type === "rich_text" ? richText(cell) : emojify(String(
    cell.text ?? cell.value ?? "",
  )));
  const wraps = (at, cell) => settings[at]?.is_wrapped && String(cell.text ?? cell.value ?? "…").length > SHORT;
  const row = (tag, scope) => (cells) => h(
    "tr",
    {},
    cells.map((cell, at) => h(
      tag,
      { class: `at-${side(at, cell ?? {})}${wraps(at, cell ?? {}) ? " wrapped" : ""}`, scope },
      content(cell ?? {}),
    )),
  );
  const [head, ...rest] = block.rows ?? [];
  const grid = () => h(
    "table",
    {},
    block.caption ? h("caption", {}, block.caption) : null,
    head ? h("thead", {}, row("th", "col")(head)) : null,
    h("tbody", {}, rest.map(row("td"))),
  );
  return roomy(grid, block.caption ?? "Table");
}

/** A table that scrolls sideways where it must, and then offers to open wide. */
function roomy(grid, label) {
  const frame = h("div", { class: "table-frame", tabindex: 0, role: "region", "aria-label": label }, grid());
  const wide = h(
    "button",
    { class: "table-wide", type: "button", hidden: true, onclick: () => open() },
    icon("wide", 16),
    "Show the whole table",
  );
  const open = () => {
    const dialog = openDialog({
      label,
      className: "dialog-wide",
      content: [
        titleBar(label, () => dialog.close("")),
        h("div", { class: "dialog-body" }, h("div", { class: "table-frame" }, grid())),
      ],
    });
  };
  new ResizeObserver(() => (wide.hidden = frame.scrollWidth <= frame.clientWidth + 1)).observe(frame);
  return h("div", { class: "table-room" }, wide, frame);
}

const TASK_WORDS = { pending: "waiting", in_progress: "working", complete: "done", error: "failed" };

function task(block) {
  const status = block.status in TASK_WORDS ? block.status : "pending";
  return h(
    "li",
    { class: `task task-${status}` },
    h("span", { class: "task-title" }, emojify(block.title ?? "")),
    h("span", { class: "task-status" }, TASK_WORDS[status]),
    block.details ? h("div", { class: "text" }, richText(block.details)) : null,
    block.output ? h("div", { class: "text" }, richText(block.output)) : null,
    block.sources?.length ? h(
      "div",
      { class: "task-sources" },
      block.sources.map((source) => link(source.url ?? "", source.text ?? source.url)),
    ) : null,
  );
}

function card(block, where) {
  return h(
    "div",
    { class: "b-card" },
    block.hero_image ? picture(block.hero_image, "b-card-hero") : null,
    block.icon ? picture(block.icon, "b-card-icon") : null,
    block.title ? h("div", { class: "b-card-title" }, inline(block.title.text)) : null,
    block.subtitle ? h("div", { class: "b-card-subtitle" }, inline(block.subtitle.text)) : null,
    block.body ? textOf(block.body) : null,
    block.actions?.length ? h(
      "div",
      { class: "b-actions pressable" },
      block.actions.map((each) => element(each, block.block_id, where)),
    ) : null,
  );
}
