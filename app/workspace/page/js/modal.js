/** Modals: the view on top of the person's stack, with inputs that survive updates and errors next to the field. */

import * as api from "./api.js";
import { h, focusables, unique } from "./dom.js";
import { blocks } from "./blocks.js";
import { openDialog, titleBar } from "./dialog.js";
import { emojify } from "./emoji.js";
import { field, initial } from "./fields.js";
import { didSubmit } from "./guide.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { press, showView } from "./press.js";
import { change, refresh, refreshHome, store } from "./store.js";
import { announce, toast } from "./toasts.js";

let dialog = null;
let shown = "";
const forms = new Map();
const closing = new Set();

/** Show the top of the stack, or nothing. Called on every change. */
export function modal() {
  const stack = (store.views[store.me] ?? []).filter((view) => view.type !== "home" && !closing.has(view.id));
  const view = stack.at(-1);
  if (!view) return put(null);
  const sign = JSON.stringify([store.me, view.id, view.hash, view.blocks, stack.length]);
  if (sign === shown && dialog) return undefined;
  shown = sign;
  return put(view, stack.length);
}

function put(view, depth) {
  if (!view) {
    const old = dialog;
    dialog = null;
    shown = "";
    old?.close("gone");
    return;
  }
  const content = draw(view, depth);
  const title = emojify(view.title?.text ?? "");
  if (!dialog) {
    dialog = openDialog({ label: title, className: "modal", content, leave: (why) => why !== "gone" && leave() });
    dialog.dataset.firm = "yes";
    focusFirst();
    return;
  }
  const same = dialog.dataset.view === view.id;
  dialog.replaceChildren(content);
  dialog.setAttribute("aria-label", title);
  if (!same || !dialog.contains(document.activeElement)) focusFirst();
}

function focusFirst() {
  const wanted = dialog.querySelector("[autofocus]") ?? dialog.querySelector(
    ".dialog-body input, .dialog-body textarea, .dialog-body select",
  ) ?? focusables(dialog).at(-1);
  wanted?.focus();
}

function leave() {
  dialog = null;
  shown = "";
  const view = (store.views[store.me] ?? []).filter(({ id }) => !closing.has(id)).at(-1);
  if (view) closeView(view);
}

async function closeView(view) {
  closing.add(view.id);
  forms.delete(view.id);
  change({});
  try {
    await api.close({ user: store.me, view_id: view.id });
  } catch (error) {
    toast(error.message, "bad");
  }
  await refresh();
  closing.delete(view.id);
  change({});
}

function draw(view, depth) {
  const values = forms.get(view.id) ?? new Map();
  forms.set(view.id, values);
  if (dialog) dialog.dataset.view = view.id;
  const away = () => (depth > 1 ? closeView(view) : dialog?.close(""));
  const back = depth > 1 ? h(
    "button",
    { class: "ghost", type: "button", "aria-label": "Back", onclick: () => closeView(view) },
    icon("back"),
  ) : null;
  const send = view.submit ? h(
    "button",
    { class: "button button-primary", type: "submit" },
    h("span", { class: "button-words" }, emojify(view.submit.text)),
  ) : null;
  const form = h(
    "form",
    {
      class: "modal-form",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        submit(view, form, values);
      },
    },
    titleBar(emojify(view.title?.text ?? ""), away, back),
    h(
      "div",
      { class: "dialog-body blocks" },
      blocks(view.blocks, { view_id: view.id, values: () => given(view, values) }, (block) => input(block, view, values)),
    ),
    h(
      "footer",
      { class: "dialog-foot" },
      h(
        "button",
        { class: "button", type: "button", onclick: away },
        emojify(view.close?.text ?? (view.submit ? "Cancel" : "Close")),
      ),
      send,
    ),
  );
  return form;
}

/** An input block: label, control, hint, and a place for its error. */
function input(block, view, values) {
  const { element } = block;
  const key = `${block.block_id}/${element.action_id}`;
  if (!values.has(key)) values.set(key, initial(element));
  const [id, hint, problem] = [unique("field"), unique("hint"), unique("problem")];
  const group = ["radio_buttons", "checkboxes"].includes(element.type) || element.type.startsWith("multi_");
  const label = h(
    group ? "div" : "label",
    { class: "field-label", id: `${id}-label`, for: group ? undefined : id },
    emojify(block.label?.text ?? ""),
    block.optional ? h("span", { class: "field-optional" }, "optional") : null,
  );
  const node = h(
    "div",
    { class: "field pressable", data: { field: block.block_id } },
    label,
    field({ ...element, optional: block.optional }, {
      value: values.get(key),
      attributes: {
        id,
        "aria-describedby": `${hint} ${problem}`,
        "aria-labelledby": `${id}-label`,
        "aria-required": String(!block.optional),
        "aria-label": undefined,
      },
      tell: (value) => {
        values.set(key, value);
        tellProblem(node, "");
      },
      done: (value) => {
        if (block.dispatch_action) press(
          { view_id: view.id, values: () => given(view, values) },
          element,
          block.block_id,
          node,
          Array.isArray(value) ? { selected: value } : { value, selected: value },
        );
      },
    }),
    h("p", { class: "field-hint", id: hint }, block.hint ? emojify(block.hint.text) : ""),
    h("p", { class: "field-problem", id: problem }),
  );
  return node;
}

function tellProblem(node, words) {
  node.classList.toggle("wrong", Boolean(words));
  node.querySelector(".field-problem").replaceChildren(...(words ? [icon("warn", 16), words] : []));
  const control = node.querySelector(".input, .ticks");
  if (words) control?.setAttribute("aria-invalid", "true");
  else control?.removeAttribute("aria-invalid");
}

/** What Slack itself checks before an app is asked. */
function missing(view, values) {
  const problems = {};
  for (const block of view.blocks.filter(({ type }) => type === "input")) {
    const { element } = block;
    const value = values.get(`${block.block_id}/${element.action_id}`);
    const empty = Array.isArray(value) ? !value.length : !String(value ?? "").trim();
    if (empty && !block.optional) problems[block.block_id] = "Please fill this in.";
    else if (
      !empty && element.min_length && value.length < element.min_length
    ) problems[block.block_id] = `At least ${element.min_length} characters, please.`;
    else if (!empty && element.type === "number_input" && !Number.isFinite(Number(value))) problems[block.block_id] = "A number, please.";
  }
  return problems;
}

/** All inputs as the server takes them. Null leaves a field as it first showed; "" is a field made empty. */
function given(view, values) {
  const all = {};
  for (const { block_id: block, element } of view.blocks.filter(({ type }) => type === "input")) {
    const value = values.get(`${block}/${element.action_id}`);
    const untouched = value === "" && initial(element) === "";
    all[block] = { [element.action_id]: untouched ? null : element.type === "datetimepicker" ? Number(value) : value };
  }
  return all;
}

async function submit(view, form, values) {
  if (form.hasAttribute("aria-busy")) return;
  if (showProblems(form, missing(view, values))) return;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = (await api.submit({ user: store.me, view_id: view.id, values: given(view, values) })) ?? {};
    if (answer.warning || answer.acked === false) toast(
      answer.warning ?? "No answer in time, so nothing may have happened. Try again.",
      "bad",
    );
    else if (!showProblems(form, answer.errors ?? {})) after(view, answer);
  } catch (error) {
    toast(error.message, "bad");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function after(view, answer) {
  if (answer.closed) {
    forms.delete(view.id);
    const stack = store.views[store.me] ?? [];
    const below = stack.findIndex(({ id }) => id === answer.view?.id);
    change({ views: { ...store.views, [store.me]: stack.slice(0, below + 1) } });
    announce("Sent.");
    didSubmit(view);
  } else if (answer.view?.id) showView(answer.view);
  if (answer.ephemeral) toast(plain(answer.ephemeral));
  refresh();
  if (store.place.kind === "home") refreshHome();
}

function showProblems(form, problems) {
  const fields = [...form.querySelectorAll("[data-field]")];
  for (const node of fields) tellProblem(node, problems[node.dataset.field] ?? "");
  const first = fields.find((node) => problems[node.dataset.field]);
  focusables(first ?? document.createElement("i"))[0]?.focus();
  const words = Object.values(problems);
  if (words.length) announce(words.join(" "));
  if (words.length && !first) toast(words.join(" "), "bad");
  return words.length > 0;
}
