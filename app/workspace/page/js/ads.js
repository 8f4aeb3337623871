/** The demo ad account as it stands: campaigns with budgets, ads and creatives, tasks, and every change ever made. */

import { target } from "./account.js";
import { h, settle } from "./dom.js";
import { userName, isUser } from "./directory.js";
import { clockShort, clockYear } from "./moment.js";
import { store } from "./store.js";

const PLATFORMS = {
  meta: "Meta",
  google: "Google",
  google_ads: "Google Ads",
  tiktok: "TikTok",
  linkedin: "LinkedIn",
  pinterest: "Pinterest",
  bing: "Microsoft",
  microsoft: "Microsoft",
};
const opened = new Set();

/** Fill the ads pane; returns what to call on every change. */
export function ads(root) {
  const body = h("div", {});
  root.append(h("div", { class: "scroll", tabindex: -1 }, body));
  return () => settle(body, JSON.stringify([store.ads, store.users.length]), () => (store.ads ? draw(store.ads) : h(
    "p",
    { class: "empty" },
    "Opening…",
  )));
}

function draw({ accounts, changes, tasks, day }) {
  return h(
    "div",
    { class: "ads" },
    h(
      "p",
      { class: "ads-lead" },
      "What stands in the ad account",
      day ? ` on ${clockShort(day)}` : "",
      ". Baton changes it only after an owner approves.",
    ),
    h(
      "section",
      { class: "ads-changes", "aria-label": "Change history" },
      h("h2", {}, "Change history"),
      changes.length ? history(changes) : h(
        "p",
        { class: "quiet" },
        "No changes yet. Approve something and it appears here.",
      ),
    ),
    tasks.length ? h(
      "section",
      { "aria-label": "Tasks" },
      h("h2", {}, "Tasks"),
      h("ul", { class: "ads-tasks" }, tasks.map(task)),
    ) : null,
    accounts.map(account),
  );
}

const platformName = (name) => PLATFORMS[name] ?? name.charAt(0).toUpperCase() + name.slice(1);

function money(amount, currency) {
  if (amount === null || amount === undefined || amount === "") return "–";
  try {
    return new Intl.NumberFormat(
      "en-GB",
      { style: "currency", currency, currencyDisplay: "code" },
    ).format(Number(amount)).replace(/^(\D+)\s?(.*)$/, "$2 $1").trim();
  } catch {
    return `${amount} ${currency ?? ""}`;
  }
}

const status = (word) => h(
  "span",
  { class: `pill pill-${word === "active" ? "good" : word === "paused" ? "idle" : "plain"}` },
  word ?? "unknown",
);

function account({ platform, account_id: id, name, currency, campaigns = [] }) {
  const total = campaigns.filter((each) => each.status === "active").reduce(
    (sum, each) => sum + Number(each.daily_budget ?? 0),
    0,
  );
  return h(
    "section",
    { class: "ads-account", "aria-label": name ?? id },
    h(
      "header",
      {},
      h("h2", {}, name ?? id),
      h("span", { class: "quiet" }, `${platformName(platform)} · ${id}`),
      h("span", { class: "ads-total" }, `${money(total, currency)} a day`),
    ),
    campaigns.map((each) => campaign(each, `${platform}/${id}`, currency)),
  );
}

function campaign({ campaign_id: id, name, status: word, daily_budget: budget, ads: list = [] }, stem, currency) {
  const key = `${stem}/${id}`;
  return h(
    "details",
    {
      class: "campaign",
      open: opened.has(key),
      ontoggle: (event) => (event.target.open ? opened.add(key) : opened.delete(key)),
    },
    h(
      "summary",
      {},
      h("span", { class: "campaign-name" }, name ?? id),
      h("span", { class: "quiet campaign-ads" }, `${list.length} ${list.length === 1 ? "ad" : "ads"}`),
      status(word),
      h("span", { class: "campaign-budget" }, money(budget, currency), h("span", { class: "quiet" }, " / day")),
    ),
    h(
      "div",
      { class: "table-frame", tabindex: 0, role: "region", "aria-label": `Ads of ${name ?? id}` },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["Ad", "Creative", "Headline", "Running since", "Status"].map((title) => h("th", { scope: "col" }, title)),
          ),
        ),
        h(
          "tbody",
          {},
          list.map((ad) => h(
            "tr",
            {},
            h("td", {}, ad.name ?? ad.ad_id),
            h("td", {}, ad.asset_id ?? "–"),
            h("td", {}, ad.headline ?? "–"),
            h("td", {}, ad.launched_on ? clockYear(ad.launched_on) : "–"),
            h("td", {}, status(ad.status)),
          )),
        ),
      ),
    ),
  );
}

function history(changes) {
  return h(
    "ol",
    { class: "changes" },
    changes.map((each) => {
      const found = target(store.ads.accounts, each.address);
      const value = (amount) => (
        /budget|target|bid/.test(found?.what ?? "") ? money(amount, found.currency) : (amount ?? "–")
      );
      return h(
        "li",
        {},
        h(
          "time",
          { class: "change-day", title: each.at },
          each.day ? clockShort(each.day) : String(each.at ?? "").slice(0, 10),
        ),
        h(
          "span",
          { class: "change-what", title: each.address },
          found ? [h("strong", {}, found.name), ` ${found.what}`] : each.address,
        ),
        h(
          "span",
          { class: "change-values" },
          h("s", {}, value(each.before)),
          " → ",
          h("strong", {}, value(each.after)),
        ),
        h(
          "span",
          { class: "change-by" },
          "by ",
          isUser(each.by) ? userName(each.by) : each.by === "baton" ? "Baton" : (each.by ?? "somebody"),
        ),
      );
    }),
  );
}

function task({ entity, task: what, details, created_on: created, done_on: done, token }) {
  const words = typeof details === "string" ? details : Object.entries(details ?? {}).map(
    ([name, value]) => `${name.replaceAll("_", " ")}: ${value}`,
  ).join(" · ");
  return h(
    "li",
    { title: token },
    h("strong", {}, String(what ?? "").replaceAll("_", " ")),
    h("span", { class: "quiet" }, entity),
    words ? h("p", {}, words) : null,
    h(
      "span",
      { class: `pill ${done ? "pill-good" : "pill-plain"}` },
      done ? `done ${clockShort(done)}` : `open since ${created ? clockShort(created) : "now"}`,
    ),
  );
}
