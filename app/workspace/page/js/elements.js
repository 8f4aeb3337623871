/** Interactive elements of Block Kit outside of input blocks: buttons, menus, selects, feedback. */

import { h } from "./dom.js";
import { emojify } from "./emoji.js";
import { field, isField } from "./fields.js";
import { icon } from "./icons.js";
import { openMenu } from "./dialog.js";
import { press } from "./press.js";
import { store } from "./store.js";

const words = (text) => emojify(text?.text ?? "");

/** An element of an actions block or a section's accessory. `where` says on what surface it is pressed. */
export function element(piece, blockId, where) {
  switch (piece.type) {
    case "button":
    case "workflow_button":
      return button(piece, blockId, where);
    case "icon_button":
      return iconButton(piece, blockId, where);
    case "overflow":
      return overflow(piece, blockId, where);
    case "feedback_buttons":
      return feedback(piece, blockId, where);
    default:
      if (!isField(piece)) return h("em", { class: "unknown" }, `(${piece.type})`);
      return chooser(piece, blockId, where);
  }
}

const hiddenFrom = (piece) => piece.visible_to_user_ids?.length && !piece.visible_to_user_ids.includes(store.me);

function button(piece, blockId, where) {
  if (hiddenFrom(piece)) return null;
  const style = { primary: "button-primary", danger: "button-danger" }[piece.style] ?? "";
  const node = h(
    "button",
    {
      class: `button ${style}`,
      type: "button",
      "aria-label": piece.accessibility_label,
      data: { action: piece.action_id },
      onclick: () => {
        if (/^https?:/i.test(piece.url ?? "")) window.open(piece.url, "_blank", "noopener,noreferrer");
        press(where, piece, blockId, node);
      },
    },
    h("span", { class: "button-words" }, words(piece.text)),
  );
  return node;
}

function iconButton(piece, blockId, where) {
  if (hiddenFrom(piece)) return null;
  const label = piece.accessibility_label ?? words(piece.text);
  const node = h(
    "button",
    {
      class: "button button-quiet",
      type: "button",
      "aria-label": label,
      title: words(piece.text),
      onclick: () => press(where, piece, blockId, node),
    },
    icon(piece.icon === "trash" ? "close" : "more", 16),
  );
  return node;
}

function overflow(piece, blockId, where) {
  const choose = (option) => () => {
    if (/^https?:/i.test(option.url ?? "")) window.open(option.url, "_blank", "noopener,noreferrer");
    press(where, piece, blockId, node, { value: option.value, selected: option.value });
  };
  const node = h(
    "button",
    {
      class: "button button-quiet",
      type: "button",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      data: { action: piece.action_id },
      onclick: () => openMenu(
        node,
        "More actions",
        (piece.options ?? []).map((option) => ({
          label: words(option.text),
          detail: words(option.description),
          pick: choose(option),
        })),
      ),
    },
    icon("more", 18),
  );
  return node;
}

function chooser(piece, blockId, where) {
  const wrap = h("span", { class: "chooser", data: { action: piece.action_id } });
  wrap.append(
    field(piece, {
      attributes: { "aria-label": piece.placeholder?.text ?? "Choose" },
      done: (value) => press(
        where,
        piece,
        blockId,
        wrap,
        { value: Array.isArray(value) ? undefined : value, selected: value },
      ),
    }),
  );
  return wrap;
}

function feedback(piece, blockId, where) {
  const one = (side, name) => {
    const choice = piece[side] ?? {};
    const label = choice.accessibility_label ?? words(choice.text);
    const node = h(
      "button",
      {
        class: "button button-quiet feedback",
        type: "button",
        "aria-label": label,
        "aria-pressed": "false",
        title: words(choice.text),
        onclick: async () => {
          if (!(await press(where, piece, blockId, node, { value: choice.value }))) return;
          for (const other of node.parentElement?.children ?? []) other.setAttribute("aria-pressed", String(other === node));
        },
      },
      icon(name, 18),
    );
    return node;
  };
  return h(
    "span",
    { class: "feedbacks", role: "group", "aria-label": "Was this helpful?" },
    one("positive_button", "up"),
    one("negative_button", "thumbdown"),
  );
}
