// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { getJSON, pause, Unauthorized } from "./api.js";
import { byId, formatNumber, make, toast, words } from "./dom.js";

// How delivery stands: what may still be called, what waits, and what was given up.

const POLL_SECONDS = 5;
const TOAST_SECONDS = 5;

/** Keeps the panel true. */
export async function followDelivery() {
  for (;;) {
    await refresh();
    await pause(POLL_SECONDS);
  }
}

async function refresh() {
  try {
    show(await getJSON("/v1/delivery"));
  } catch (error) {
    // The header says it when the relay does not answer; what is old must not look as if it were of now.
    if (!(error instanceof Unauthorized)) byId("load").hidden = true;
  }
}

let toastedAt = -Infinity;
let refreshing = 0;

/** A dead letter was written: said at once, though in a storm of them only now and then. */
export function noteDeadLetter(letter) {
  if (performance.now() - toastedAt > TOAST_SECONDS * 1000) {
    toastedAt = performance.now();
    toast(`Given up: ${letter.reason}`);
  }
  if (refreshing) return;
  refreshing = setTimeout(() => { refreshing = 0; refresh(); }, 500);
}

function show(load) {
  byId("load").hidden = false;
  byId("load-budgets").replaceChildren(...load.budgets.map(budgetOf));
  byId("load-facts").replaceChildren(...factsOf(load));
}

/** Remaining calls as a bar; the numbers stand beside it. */
function budgetOf({ remaining, limit, heldBack }, index) {
  const label = `Calls left of client ${index}`;
  const meter = make("meter", { min: 0, max: limit, low: limit / 10, optimum: limit, value: remaining, "aria-label": label });
  return make("div", { className: "budget" },
    make("span", { className: "minor" }, `Client ${index}`), meter,
    make("span", { className: "numbers" }, make("b", {}, formatNumber(remaining)), ` of ${formatNumber(limit)} a minute`),
    heldBack ? make("span", { className: "badge", data: { tone: "warn" } }, "held back by 429") : null);
}

const BREAKER = { closed: ["good", "closed"], open: ["bad", "open"], halfOpen: ["warn", "half open"] };

function factsOf(load) {
  const [tone, breaker] = BREAKER[load.breaker] ?? ["calm", load.breaker];
  const title = load.breaker === "closed" ? "Calls are made" : "Most calls failed: they are held back until one succeeds";
  const { hours, ...letters } = load.deadLetters;
  return [
    fact("Calls waiting", formatNumber(sum(load.waiting)), parts(load.waiting) || `${formatNumber(load.underWay)} under way`),
    fact("Breaker", make("span", { className: "badge", data: { tone }, title }, breaker), ""),
    fact("Agents under way", formatNumber(load.outstanding), `up to ${formatNumber(load.bulkSize)} in a bulk write`),
    fact("Errands", formatNumber(load.errands), `${formatNumber(load.adherenceChecks)} adherence checks`),
    fact("Dead letters", formatNumber(sum(letters)), parts(letters) || `in ${hours} h`),
  ];
}

const fact = (name, value, more) =>
  make("div", {}, make("dt", {}, name), make("dd", {}, make("b", {}, value), more ? make("span", { className: "minor" }, more) : null));

const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);

/** The counts that are not zero, in words. */
const parts = (counts) =>
  Object.entries(counts).filter(([, count]) => count).map(([name, count]) => `${formatNumber(count)} ${words(name)}`).join(" · ");
