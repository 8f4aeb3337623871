/** The ad account's answer in one shape, whichever bridge it came from. */

/** `answer` of GET /control/ads → {company, day, accounts, changes (newest first), tasks}. */
export function normal(answer) {
  const changes = (answer.changes ?? answer.history ?? []).map((each) => ({
    ...each,
    before: each.before ?? each.was,
    after: each.after ?? each.to,
  }));
  if (changes.some(({ at }) => at)) changes.sort((one, other) => String(other.at).localeCompare(String(one.at)));
  return {
    company: answer.company ?? null,
    day: answer.as_of ?? answer.today ?? null,
    accounts: (answer.accounts ?? []).map((account) => ({
      ...account,
      campaigns: (account.campaigns ?? []).map(campaign),
    })),
    changes,
    tasks: answer.tasks ?? [],
  };
}

const campaign = (each) => ({ ...each, ads: (each.ads ?? []).map((ad) => ({ ...ad, ...ad.creative })) });

/** The campaign or ad an address means: "meta/a1/campaign/c3/daily_budget" → {name, what}. Null when unknown. */
export function target(accounts, address) {
  const [platform, accountId, kind, id, what] = String(address ?? "").split("/");
  const found = accounts.find((each) => each.platform === platform && each.account_id === accountId);
  const campaigns = found?.campaigns ?? [];
  const named = kind === "campaign" ? campaigns.find(
    (each) => each.campaign_id === id,
  ) : campaigns.flatMap((each) => each.ads).find((ad) => ad.ad_id === id);
  return id ? { name: named?.name ?? id, what: what?.replaceAll("_", " ") ?? "", currency: found?.currency } : null;
}
