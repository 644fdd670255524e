// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

// Which agents are shown, and in what order.

export const PAGE_ROWS = 100;

/** What the person at the screen has chosen. */
export const view = { text: "", state: "all", order: "attention", limit: PAGE_ROWS };

const searchText = new WeakMap(); // agent -> lower-case text
const sortNames = new WeakMap(); // agent -> name without case and accents

const PROBLEMS = new Set(["failed", "notApplied"]);
const UNDER_WAY = new Set(["pending", "sent", "accepted"]);
export const FILTERS = [
  { key: "all", label: "Agents", tone: "", test: () => true },
  { key: "wish", label: "With a wish", tone: "", test: (agent) => Boolean(agent.wanted) },
  { key: "confirmed", label: "Confirmed", tone: "good", test: (agent) => agent.delivery?.state === "confirmed" },
  { key: "notApplied", label: "Not applied", tone: "warn", test: (agent) => agent.delivery?.state === "notApplied" },
  { key: "failed", label: "Failed", tone: "bad", test: (agent) => agent.delivery?.state === "failed" },
];

function textOf(agent) {
  let text = searchText.get(agent);
  if (text === undefined) {
    const parts = [
      agent.name, agent.id, agent.presence?.label, agent.presence?.system, agent.presence?.message,
      agent.routingStatus?.status, agent.adherence?.state, agent.adherence?.scheduled, agent.adherence?.actual,
      agent.wanted?.status, agent.wanted?.rule, agent.delivery?.state, agent.delivery?.error?.code,
      agent.delivery?.adherence?.reason,
      agent.waiting && "waiting", agent.waiting?.status, agent.waiting?.rule,
    ];
    if (agent.delivery?.adherence) parts.push(`adherence ${agent.delivery.adherence.state}`);
    for (const errand of agent.errands ?? []) parts.push(errand.kind, errand.rule);
    for (const talk of agent.conversations ?? []) {
      parts.push(talk.id, talk.media, talk.state, talk.held ? "held" : "");
      for (const [key, value] of Object.entries(talk.attributes ?? {})) parts.push(`${key}=${value}`);
      for (const [key, value] of Object.entries(talk.customerAttributes ?? {})) parts.push(`${key}=${value}`);
    }
    text = parts.filter(Boolean).join("\n").toLowerCase();
    searchText.set(agent, text);
  }
  return text;
}

function rank(agent) {
  const state = agent.delivery?.state;
  if (PROBLEMS.has(state) || agent.delivery?.adherence?.state === "differs") return 0;
  if (UNDER_WAY.has(state)) return 1;
  if (agent.wanted) return 2;
  return agent.conversations?.length ? 3 : 4;
}

/** Made once per agent: comparing thousands of names by the rules of a language would take longer than all drawing. */
function sortName(agent) {
  let name = sortNames.get(agent);
  if (name === undefined) {
    name = String(agent.name ?? agent.id).normalize("NFKD").replace(/\p{Mark}/gu, "").toLowerCase();
    sortNames.set(agent, name);
  }
  return name;
}

function byRankThenName(a, b) {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.agent.id < b.agent.id ? -1 : 1;
}

/** The agents that match, sorted. */
export function chosen(agents) {
  const filter = FILTERS.find(({ key }) => key === view.state) ?? FILTERS[0];
  const terms = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  const list = [];
  for (const agent of agents.values()) {
    if (!filter.test(agent)) continue;
    if (terms.length) {
      const text = textOf(agent);
      if (!terms.every((term) => text.includes(term))) continue;
    }
    list.push({ agent, rank: view.order === "attention" ? rank(agent) : 0, name: sortName(agent) });
  }
  list.sort(byRankThenName);
  return list.map(({ agent }) => agent);
}
