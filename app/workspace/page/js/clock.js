/** The demo company's clock: a week as a track, days that pass along it, and what happened meanwhile. */

import * as api from "./api.js";
import { h, settle } from "./dom.js";
import { icon } from "./icons.js";
import { clockDay, clockShort, daysBetween, weekday } from "./moment.js";
import { didPassDays } from "./guide.js";
import { happenings, snapshot } from "./happenings.js";
import { change, refresh, refreshAds, refreshHome, store } from "./store.js";
import { announce, toast } from "./toasts.js";

/** How long (ms) what comes after the last day still belongs to the report. */
const LATECOMERS = 2500;
const LETTERS = ["M", "T", "W", "T", "F", "S", "S"];
let before = null;
let kept = null;

/** Fill the clock's corner of the top bar and the report below it; returns what to call on every change. */
export function clock(root, report) {
  return () => {
    root.hidden = !store.demo || !store.clock;
    if (root.hidden) return;
    const { passing } = store;
    settle(root, JSON.stringify([store.clock, passing]), drawClock);
    const news = passing ? null : (kept ?? (before && happenings(before)));
    report.hidden = !news;
    if (news) settle(report, JSON.stringify(news), () => drawReport(news));
  };
}

function drawClock() {
  const { clock: day, passing } = store;
  const done = passing ? Math.min(daysBetween(passing.from, day), passing.days) : 0;
  return h(
    "div",
    { class: `clock${passing ? " running" : ""}` },
    h(
      "div",
      { class: "clock-face", title: clockDay(day) },
      h(
        "span",
        { class: "clock-day" },
        h("span", { class: "wide" }, clockDay(day)),
        h("span", { class: "narrow" }, clockShort(day)),
      ),
      h(
        "span",
        { class: "track", "aria-hidden": "true" },
        LETTERS.map((letter, at) => h(
          "span",
          { class: `track-day${at === weekday(day) ? " now" : ""}${at < weekday(day) ? " past" : ""}` },
          letter,
        )),
      ),
    ),
    passing
      ? h(
        "div",
        {
          class: "clock-wait",
          role: "progressbar",
          "aria-label": "Days passing",
          "aria-valuemin": 0,
          "aria-valuemax": passing.days,
          "aria-valuenow": done,
        },
        h("span", { class: "spinner" }),
        passing.days > 1 ? `Day ${Math.min(done + 1, passing.days)} of ${passing.days}` : "A day passes",
      )
      : h("div", { class: "clock-buttons" }, button("Next day", 1, "N"), button("Next week", 7, "W")),
  );
}

const button = (words, days, key) => h(
  "button",
  { class: "clock-button", type: "button", title: `${words} (Shift ${key})`, onclick: () => pass(days) },
  words,
);

/** Let days pass in the demo company. */
export async function pass(days) {
  if (store.passing || !store.demo || !store.clock) return;
  kept = null;
  before = snapshot();
  change({ passing: { from: store.clock, days } });
  const watch = setInterval(refresh, 700);
  announce(days === 1 ? "A day passes." : `${days} days pass.`);
  try {
    const answer = await api.passDays(days);
    if (answer?.clock) change({ clock: answer.clock });
    didPassDays(days);
  } catch (error) {
    before = null;
    toast(error.message, "bad");
  } finally {
    clearInterval(watch);
    await Promise.all([refresh(), refreshAds(), store.place.kind === "home" ? refreshHome() : null]);
    change({ passing: null });
    announce(`It is ${clockDay(store.clock)}.`);
    setTimeout(() => (kept = before && happenings(before)), LATECOMERS);
  }
}

/** Take the report away: it was read, or the person went on. */
export function putAway() {
  if (!before || store.passing) return;
  before = null;
  kept = null;
  change({});
}

function drawReport({ from, to, lines }) {
  return h(
    "section",
    { class: "report", "aria-label": "What happened" },
    h(
      "header",
      {},
      h("h2", {}, daysBetween(from, to) === 1 ? "A day passed" : `${daysBetween(from, to)} days passed`),
      h("span", {}, `${clockShort(from)} → ${clockShort(to)}`),
      h(
        "button",
        { class: "ghost small", type: "button", "aria-label": "Dismiss", onclick: putAway },
        icon("close", 14),
      ),
    ),
    lines.length ? h(
      "ul",
      {},
      lines.map(({ mark, words, under, address }) => h(
        "li",
        { class: `report-${mark}` },
        address ? h("a", { href: address, onclick: putAway }, words) : words,
        under ? h("p", {}, under) : null,
      )),
    ) : h("p", {}, "A quiet time: nothing needed you."),
  );
}
