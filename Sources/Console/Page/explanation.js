// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { make, sentence, time, words } from "./dom.js";

// Why something was decided: what `presence-relay explain` says, from the detail of a history entry.

/** Whether the entry has something to explain; others are shown as they are. */
export const isExplained = ({ kind, detail }) => (kind === "decision" || kind === "guard") && Array.isArray(detail?.trace);

/** The parts that are there; `entries` are the steps loaded, newest first, among which the calls are looked for. */
export function explanationOf({ detail }, entries) {
  return [
    ...changesOf(detail.changes ?? []),
    ...rulesOf(detail.trace),
    make("dl", { className: "particulars" }, ...particularsOf(detail).flatMap(([name, ...value]) =>
      [make("dt", {}, name), make("dd", {}, ...value)])),
    ...callsOf(detail, entries),
  ];
}

const title = (text) => make("h3", {}, text);
const mono = (text) => make("span", { className: "mono" }, String(text));

function changesOf(changes) {
  if (!changes.length) return [];
  const lines = changes.map(({ path, old, new: now, conversationID }) =>
    make("li", { title: conversationID && `conversation ${conversationID}` },
      make("span", { className: "mono" }, path, ": ", old ?? "–", " → ", make("b", {}, now ?? "–"))));
  return [title("Facts that changed"), make("ul", {}, ...lines)];
}

function rulesOf(trace) {
  if (!trace.length) return [];
  const rows = trace.map(({ rule, matched, failure, observed }) => make("tr", {},
    make("th", { scope: "row" }, rule, observed ? make("span", { className: "minor" }, " (observed)") : null),
    make("td", {}, matched
      ? make("span", { className: "badge", data: { tone: "good" } }, "matches")
      : make("span", { className: "mono" }, failure ?? "does not match"))));
  const head = make("tr", {}, make("th", { scope: "col" }, "Rule"), make("th", { scope: "col" }, "First condition that failed"));
  // There may be hundreds of rules: they scroll, also by keyboard.
  const frame = make("div", { className: "rules", tabIndex: 0, role: "region", "aria-label": "Rules" },
    make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  return [title("Rules"), frame];
}

function particularsOf(detail) {
  const { status, rule, conversationId, target, mode, waitsFor, wakeAt, eventKey, rulesVersion, errand } = detail;
  const list = [];
  if (errand) list.push(["Errand", words(errand)]);
  if (status) list.push(["Status", make("b", {}, status)]);
  if (rule) list.push(["Rule", rule]);
  if (target) list.push(["Presence", target]);
  if (conversationId) list.push(["Conversation", mono(conversationId)]);
  if (rule && !errand) list.push(["Behaviour", behaviorOf(detail.behavior ?? {})]);
  if (mode) list.push(["Mode", mode]);
  if (waitsFor) list.push(["Waits for", waitOf(waitsFor)]);
  if (wakeAt) list.push(["Looks again", time(wakeAt)]);
  list.push(["Rules version", mono(rulesVersion ?? "–")], ["Event", mono(eventKey ?? "–")]);
  return list;
}

/** With the usual values of what the detail leaves out. */
function behaviorOf({ apply = "now", release = "restore", minimum, cooldown, guards = {} }) {
  const parts = [`apply ${apply}`, `release ${release}`];
  if (minimum) parts.push(`minimum ${minimum}`);
  if (cooldown) parts.push(`cooldown ${cooldown}`);
  for (const [name, value] of Object.entries(guards)) parts.push(`guard ${name}: ${value}`);
  return parts.join(" · ");
}

function waitOf({ kind, conversationIds = [] }) {
  const what = kind === "afterCallWork" ? "the end of after-call work" : "the end of the interaction";
  return conversationIds.length ? `${what} (${conversationIds.join(", ")})` : what;
}

/** Calls are made after the decision: they stand among the newer entries, oldest last. */
function callsOf({ wish }, entries) {
  if (wish === undefined) return [];
  const calls = entries.filter(({ kind, detail }) => kind !== "decision" && detail?.wish === wish).reverse();
  const lines = calls.map(({ at, summary, detail }) => {
    const error = detail.errorMessage ? `: ${detail.errorMessage}` : "";
    return make("li", {}, make("b", {}, sentence(detail.state ?? "")), ` ${summary}${summary.includes(detail.errorMessage) ? "" : error} `, time(at));
  });
  return [title("Calls that followed"), lines.length ? make("ol", {}, ...lines) : make("p", { className: "minor" }, "None so far.")];
}
