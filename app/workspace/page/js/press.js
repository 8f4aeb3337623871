/** Pressing things in messages, App Home and modals: confirm, wait for the acknowledgement, warn when there is none. */

import * as api from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { confirm } from "./dialog.js";
import { inline, plain } from "./mrkdwn.js";
import { appName } from "./directory.js";
import { change, refresh, refreshAds, refreshHome, store } from "./store.js";
import { announce, toast } from "./toasts.js";
import { didPress } from "./guide.js";

const running = new Set();

/**
 * Press `element` of block `blockId`; resolves to whether it was acknowledged. `where` is {channel, ts} for messages
 * and {view_id, values?} for views.
 * `choice` may carry `value` (a button's) or `selected` (what was chosen). `node` shows the waiting and the warning.
 */
export async function press(where, element, blockId, node, choice = {}) {
  const key = JSON.stringify([where.view_id ?? where.ts, blockId, element.action_id, choice]);
  if (running.has(key) || !(await agreed(element.confirm))) return false;
  running.add(key);
  const presser = store.me;
  const row = node.closest(".pressable") ?? node.parentElement;
  row?.parentElement?.querySelectorAll(":scope > .unacked").forEach((old) => old.remove());
  node.classList.remove("warned");
  node.setAttribute("aria-busy", "true");
  try {
    const answer = await api.click({
      user: presser,
      ...place(where),
      ...(where.values ? { values: where.values() } : {}),
      action_id: element.action_id,
      block_id: blockId,
      value: element.value,
      ...choice,
    });
    if (answer?.acked === false) warn(node, row, answer.warning);
    else after(where, element, answer, node.closest(".scroll"), presser);
    return answer?.acked !== false;
  } catch (error) {
    toast(error.message, "bad");
    return false;
  } finally {
    running.delete(key);
    node.removeAttribute("aria-busy");
  }
}

const place = ({ channel, ts, view_id: view }) => (view ? { view_id: view } : { channel, ts });

async function agreed(question) {
  if (!question) return true;
  return confirm({
    title: question.title?.text ?? "Are you sure?",
    text: question.text?.type === "mrkdwn" ? inline(question.text.text) : (question.text?.text ?? ""),
    yes: question.confirm?.text ?? "Yes",
    no: question.deny?.text ?? "No",
    danger: question.style === "danger",
  });
}

function after(where, element, answer, list, presser) {
  didPress(element, answer);
  const here = store.me === presser;
  if (answer?.view?.id && here) showView(answer.view);
  if (answer?.ephemeral && here) {
    const words = plain(typeof answer.ephemeral === "string" ? answer.ephemeral : answer.ephemeral.text);
    announce(`Only visible to you: ${words}`);
    if (where.view_id || !list || list.scrollHeight - list.scrollTop - list.clientHeight > 60) toast(words);
  }
  refresh();
  refreshAds();
  if (where.view_id || store.place.kind === "home") refreshHome();
}

/** Put a view the server just answered with on top, without waiting for the next state. */
export function showView(view) {
  const stack = [...(store.views[store.me] ?? [])];
  const at = stack.findIndex((each) => each.id === view.id);
  if (at >= 0) stack[at] = view;
  else stack.push(view);
  change({ views: { ...store.views, [store.me]: stack } });
}

function warn(node, row, why) {
  node.classList.add("warned");
  const words = why ?? `${appName()} did not answer in time, so nothing may have happened. Try again.`;
  announce(words);
  row?.after(h("p", { class: "unacked", role: "alert" }, icon("warn", 16), words));
}
