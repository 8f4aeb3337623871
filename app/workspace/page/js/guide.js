/** "What to do first": three steps for somebody who sees Baton for the first time. Dismissed once, gone for good. */

import { h, settle } from "./dom.js";
import { icon } from "./icons.js";
import { myChannels, rolesOf, userName } from "./directory.js";
import { calledOwner, openCard } from "./conversation.js";
import { become, openThread } from "./place.js";
import { change, store } from "./store.js";

const KEPT = "baton.guide";
const progress = { done: [], gone: false, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };

function done(step) {
  if (progress.done.includes(step)) return;
  progress.done.push(step);
  keep();
}

function keep() {
  localStorage.setItem(KEPT, JSON.stringify(progress));
  change({});
}

export const didOpenThread = () => done("open");
export const didPress = (element, answer) => /approve/i.test(element.action_id ?? "") && !answer?.ephemeral && !answer?.view && done("approve");
export const didSubmit = (view) => /override|approve/i.test(view.callback_id ?? "") && done("approve");
export const didPassDays = (days) => days >= 7 && done("week");

/** Fill the guide's place; `pass(days)` lets demo days pass. Returns what to call on every change. */
export function guide(root, pass) {
  return () => {
    const card = openCard();
    const boss = calledOwner(card);
    root.hidden = progress.gone || !store.demo || !store.loaded || !myChannels().some(
      ({ id }) => id === store.place.id,
    );
    if (root.hidden) return;
    const steps = [
      {
        name: "open",
        title: "Open the card",
        words: "Its thread holds the evidence.",
        act: card ? ["Open", () => openThread(card.channel, card.ts)] : null,
      },
      {
        name: "approve",
        title: "Approve as an owner",
        words: boss
          ? `This one asks ${boss === store.me ? "you" : userName(boss)}, ${boss === store.me ? `the ${rolesOf(boss)}` : rolesOf(boss)}.`
          : "Cards name the person they ask.",
        act: boss && boss !== store.me ? [`Be ${userName(boss).split(" ")[0]}`, () => become(boss)] : null,
      },
      {
        name: "week",
        title: "Let a week pass",
        words: "The market reacts; Baton measures.",
        act: store.passing ? null : ["Next week", () => pass(7)],
      },
    ].map((step) => ({ ...step, done: progress.done.includes(step.name) }));
    const current = steps.find((step) => !step.done)?.name;
    settle(root, JSON.stringify([steps, card?.ts, boss, store.me]), () => draw(steps, current));
  };
}

function draw(steps, current) {
  const away = () => {
    progress.gone = true;
    keep();
  };
  return h(
    "div",
    { class: "guide" },
    h(
      "ol",
      {},
      steps.map((step, at) =>
        h(
          "li",
          {
            class: `step${step.done ? " step-done" : ""}${step.name === current ? " step-now" : ""}`,
            "aria-current": step.name === current ? "step" : undefined,
          },
          h("span", { class: "step-mark", "aria-hidden": "true" }, step.done ? icon("check", 14) : String(at + 1)),
          h(
            "span",
            { class: "step-words" },
            h("strong", {}, step.title, step.done ? h("span", { class: "unseen" }, " (done)") : null),
            h("span", {}, step.words),
          ),
          step.act && step.name === current ? h(
            "button",
            { class: "button small", type: "button", onclick: step.act[1] },
            step.act[0],
          ) : null,
        ),
      ),
    ),
    h(
      "button",
      {
        class: `ghost small${current ? "" : " guide-end"}`,
        type: "button",
        "aria-label": "Hide these first steps",
        onclick: away,
      },
      current ? icon("close", 16) : "All done",
    ),
  );
}
